/** What a plugin tells the engine while it works. */
import { credentials } from "@grpc/grpc-js";
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";

// Few commands ever have something to show: what it takes is loaded when the first does.
const protocol = () =>
  Promise.all([
    import("@pulumi/pulumi/proto/engine_grpc_pb.js"),
    import("@pulumi/pulumi/proto/engine_pb.js"),
  ]);
const clients = new Map<string, EngineClient>();
let shown: Promise<unknown> = Promise.resolve();

/** Shows `line` beside the resource until the next one; a lost line is no reason to fail. */
export function showStatus(address: string, urn: string, line: string): void {
  if (address === "") return;
  shown = shown.then(() => show(address, urn, line)).catch(() => undefined);
}

async function show(address: string, urn: string, line: string): Promise<void> {
  const [{ default: grpc }, { default: pb }] = await protocol();
  const client = clients.get(address) ?? new grpc.EngineClient(address, credentials.createInsecure());
  clients.set(address, client);
  const request = new pb.LogRequest()
    .setSeverity(pb.LogSeverity.INFO)
    .setMessage(line)
    .setUrn(urn)
    .setEphemeral(true);
  await new Promise((resolve) => client.log(request, resolve));
}
