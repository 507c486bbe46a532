/** The error by which the engine keeps a resource that came into being but isn't what was asked for. */
import { Metadata, status } from "@grpc/grpc-js";
import errors from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import { PluginError } from "../rpc/serve.ts";
import { type Bag, encode } from "./values.ts";

/** The engine stores `outputs` and `inputs` under `id` with `reason`, and updates the resource on the next run. */
export function initFailed(id: string, outputs: Bag, inputs: Bag, reason: string): PluginError {
  const detail = new errors.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(encode(outputs))
    .setInputs(encode(inputs))
    .setReasonsList([reason]);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const wire = new rpc.Status();
  wire.setCode(status.UNKNOWN);
  wire.setMessage(reason);
  wire.setDetailsList([packed]);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(wire.serializeBinary()));
  return new PluginError(reason, status.UNKNOWN, metadata);
}
