/** Turns async functions into gRPC handlers. */

import type { handleUnaryCall, Metadata, ServerUnaryCall } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import { PluginError } from "./serve.ts";

/** A unary handler from a function; `signal` aborts when the engine gives up on the call. */
export function unary<Request, Response>(
  handle: (request: Request, signal: AbortSignal) => Promise<Response> | Response,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const gone = new AbortController();
    call.on("cancelled", () =>
      gone.abort(new PluginError("the engine cancelled the call", status.CANCELLED)),
    );
    respond(call, handle, gone.signal).then(
      (response) => callback(null, response),
      (error: unknown) => callback(serviceError(error)),
    );
  };
}

async function respond<Request, Response>(
  call: ServerUnaryCall<Request, Response>,
  handle: (request: Request, signal: AbortSignal) => Promise<Response> | Response,
  signal: AbortSignal,
): Promise<Response> {
  return await handle(call.request, signal);
}

interface StatusError {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** What goes over the wire for a thrown value: its message, never its stack. */
export function serviceError(error: unknown): StatusError {
  if (error instanceof PluginError) {
    return { code: error.code, details: error.message, ...(error.metadata && { metadata: error.metadata }) };
  }
  return { code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}
