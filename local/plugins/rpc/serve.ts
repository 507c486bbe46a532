/** Serving a Pulumi plugin: a gRPC server on a loopback port that lives as long as the engine that started it. */
import { flushCompileCache } from "node:module";
import { type Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";

/** State and schemas have no size limit in the engine either. */
export const unlimited = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
} as const;

/** Binds `server` to a free loopback port. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

/**
 * Serves until the engine is done: prints the port as the engine expects (first line of standard output), and exits
 * on its signals or when the pipe that it holds to our standard input closes, which also covers an engine that was killed.
 */
export async function serve(register: (server: Server) => void, args: readonly string[]): Promise<void> {
  const server = new Server(unlimited);
  register(server);
  const port = await listen(server);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
  if (args.length > 0) {
    process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0));
    process.stdin.resume();
  }
  process.stdout.write(`${port}\n`);
  flushCompileCache();
}

/** An error that the engine shows as it is: one line, no stack trace. */
export class PluginError extends Error {
  readonly code: status;
  readonly metadata: Metadata | undefined;
  constructor(message: string, code: status = status.UNKNOWN, metadata?: Metadata) {
    super(message);
    this.code = code;
    this.metadata = metadata;
  }
}
