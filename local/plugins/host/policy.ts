/**
 * Policy packs. The engine speaks to a pack over gRPC and tells it config, project and stack in ConfigureStack; the SDK's
 * pack runner wants them in its environment when it starts. So the host answers the engine's first calls itself, starts the
 * runner once it knows, and from then on hands every call through unread.
 */
import type { ChildProcess } from "node:child_process";
import { Client, credentials, type handleUnaryCall, Server } from "@grpc/grpc-js";
import analyzerGrpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer, { type AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { serviceError } from "../rpc/handlers.ts";
import { listen, unlimited } from "../rpc/serve.ts";

/** What the pack runner is told about the stack; undefined when the engine only asks what the pack contains. */
export type StackConfiguration = AnalyzerStackConfigureRequest | undefined;

export interface PolicyRelay {
  /** Where the engine finds the pack. */
  readonly port: number;
  /** Settles at the engine's first word about the stack. */
  readonly configuration: Promise<StackConfiguration>;
  /** Tells the relay that the runner serves on `port` of the loopback. */
  attach(port: number): Promise<void>;
  /** Tells the relay that the runner will never serve. */
  fail(error: Error): void;
  close(): void;
}

const raw = (bytes: Buffer): Buffer => bytes;
const unread = {
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
};

/** Starts the relay that stands between engine and pack. */
export async function startRelay(): Promise<PolicyRelay> {
  const configured = Promise.withResolvers<StackConfiguration>();
  const attached = Promise.withResolvers<Client>();
  attached.promise.catch(() => undefined); // reported by the calls that wait for it
  const own: Record<string, (request: Buffer) => Buffer> = {
    handshake: () => Buffer.from(new analyzer.AnalyzerHandshakeResponse().serializeBinary()),
    configureStack: (request) => {
      configured.resolve(analyzer.AnalyzerStackConfigureRequest.deserializeBinary(request));
      return Buffer.from(new analyzer.AnalyzerStackConfigureResponse().serializeBinary());
    },
  };
  const relay =
    (name: string, path: string): handleUnaryCall<Buffer, Buffer> =>
    (call, callback) => {
      const answer = own[name];
      if (answer) return callback(null, answer(call.request));
      configured.resolve(undefined);
      attached.promise.then(
        (client) => client.makeUnaryRequest(path, raw, raw, call.request, callback),
        (error: unknown) => callback(serviceError(error)),
      );
    };
  const methods = Object.entries(analyzerGrpc.AnalyzerService);
  const server = new Server(unlimited);
  server.addService(
    Object.fromEntries(methods.map(([name, method]) => [name, { ...method, ...unread }])),
    Object.fromEntries(methods.map(([name, { path }]) => [name, relay(name, path)])),
  );
  return {
    port: await listen(server),
    configuration: configured.promise,
    async attach(port) {
      const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), unlimited);
      const stack = await configured.promise;
      if (stack) await passOn(client, stack);
      attached.resolve(client);
    },
    fail: attached.reject,
    close: () => server.forceShutdown(),
  };
}

/** Packs built with an SDK that knows ConfigureStack get it too; an older one doesn't implement it, which is fine. */
function passOn(client: Client, stack: AnalyzerStackConfigureRequest): Promise<void> {
  const { path, requestSerialize, responseDeserialize } = analyzerGrpc.AnalyzerService.configureStack;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, stack, () => resolve());
  });
}

/** The environment that tells the SDK's pack runner about the stack. */
export function stackEnvironment(stack: StackConfiguration): NodeJS.ProcessEnv {
  if (!stack) return {};
  const told = {
    PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
    PULUMI_NODEJS_PROJECT: stack.getProject(),
    PULUMI_NODEJS_STACK: stack.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(stack.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(stack.getConfigMap().entries())),
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ""));
}

/** The first line that `child` prints, a port, taken out of its output; rejects when it ends without one. */
export function firstLine(child: ChildProcess, rest: (output: Buffer) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdout?.on("data", (chunk: Buffer) => {
      if (!head) return rest(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\n");
      if (end < 0) return;
      const tail = head.subarray(end + 1);
      resolve(Number.parseInt(head.subarray(0, end).toString(), 10));
      head = undefined;
      if (tail.length > 0) rest(tail);
    });
    child.on("close", (code) =>
      reject(new Error(`the policy pack ended before it served: exit code ${code}`)),
    );
  });
}
