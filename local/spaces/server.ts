import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { World } from "../call.ts";
import { DiskFullError, systemCode } from "../errors.ts";
import { type Address, addressOf, behindCdn, hostBucketOf } from "./address.ts";
import { type Asked, authenticate, type Requester } from "./authenticate.ts";
import type { Blobs } from "./blobs.ts";
import { findBucket } from "./bucket.ts";
import type { Cdn } from "./cdn.ts";
import { bucketOf, endpointAt, endpointOf } from "./cdn-endpoint.ts";
import { dispatch, preflight } from "./dispatch.ts";
import { SpacesError } from "./errors.ts";
import type { Headers, SpacesCall, SpacesReply } from "./operation.ts";
import { Payload } from "./payload.ts";
import { UNSIGNED_PAYLOAD } from "./signature.ts";
import { document } from "./xml.ts";

export interface SpacesParts {
  world(): World;
  blobs: Blobs;
  cdn: Cdn;
  /** One line per request: JSON, without secrets, bodies or query values. */
  log(line: string): void;
}

/** Spaces over HTTP: what is the same for every request. */
export function serveSpaces(parts: SpacesParts): Server {
  const server = createServer((request, response) => {
    const started = Date.now();
    const id = `tx${randomUUID().replaceAll("-", "")}`;
    const target = targetOf(request);
    const answered = (status: number | "dropped") =>
      parts.log(
        JSON.stringify({
          time: new Date(started).toISOString(),
          method: request.method,
          path: `spaces://${target.host}${target.path}${names(target.query)}`,
          status,
          ms: Date.now() - started,
          id,
        }),
      );
    answer(request, target)
      .catch((error: unknown) => refusal(error, target.path, id))
      .then(async (reply) => {
        if (!server.listening || !request.complete) response.shouldKeepAlive = false;
        await send(response, reply, id, request.method === "HEAD", parts.blobs);
        answered(reply.status);
      })
      .catch(() => {
        response.destroy();
        answered("dropped");
      });
  });
  // A large object may take as long as it takes.
  server.requestTimeout = 0;
  // A client that is busy for longer than Node's five seconds would send its next request into a connection that is just being closed.
  server.keepAliveTimeout = 60_000;
  return server;

  async function answer(request: IncomingMessage, target: Target): Promise<SpacesReply> {
    const now = Date.now();
    const world = parts.world();
    const { method = "GET" } = request;
    const headers = headersOf(request);
    const query = new URLSearchParams(target.query);
    const address = whereTo(world, target, method);
    const call = (requester: Requester): SpacesCall => ({
      ...world,
      ...{ method, headers, query, requester, now },
      region: address.region,
      source: (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
      payload: new Payload(request, headers, requester.payloadHash, requester.seal),
      blobs: parts.blobs,
    });
    if (method === "OPTIONS") return preflight(call(NOBODY), address);
    const hostBucket = hostBucketOf(address, target.path);
    const asked = { method, path: target.path, query: target.query, headers, hostBucket };
    if (address.cdn === undefined) return dispatch(call(authenticate(world, asked, query, now)), address);
    return throughCdn(call(NOBODY), address, asked, request.socket.localPort);
  }

  /** A signature is for the bucket's own host: the CDN only carries the request there. */
  function throughCdn(
    call: SpacesCall,
    address: Address,
    asSent: Asked,
    port: number | undefined,
  ): Promise<SpacesReply> {
    const { bucket = "", cdn = "" } = address;
    const endpoint = endpointOf(call, bucket);
    if (!endpoint) throw new SpacesError("NoSuchBucket", `There is no CDN endpoint in front of ${bucket}`);
    const requester = authenticateOne(call, originsOf(asSent, endpoint.name, bucket, cdn, port));
    const { payloadHash, seal } = requester;
    const payload = new Payload(call.payload.body, call.headers, payloadHash, seal);
    return parts.cdn.serve(call, requester.key !== undefined, endpoint, cdn, (headers) =>
      dispatch({ ...call, requester, payload, headers }, address),
    );
  }

  function refusal(error: unknown, resource: string, id: string): SpacesReply {
    if (systemCode(error) === "ECONNRESET") throw error; // nobody to answer
    const known = refusalOf(error);
    if (known.code === "InternalError")
      parts.log(JSON.stringify({ error: error instanceof Error ? error.stack : String(error), id }));
    const { code, message, status, headers } = known;
    if (status === 304) return { status, headers };
    const body = document("Error", {
      Code: code,
      Message: message,
      Resource: resource,
      RequestId: id,
      HostId: "local",
    });
    return { status, headers, body };
  }
}

const NOBODY: Requester = { key: undefined, payloadHash: UNSIGNED_PAYLOAD, presigned: false };

function whereTo(world: World, { host, path }: Target, method: string): Address {
  const custom = endpointAt(world, host);
  const bucket = custom && bucketOf(world, custom.name);
  if (bucket) return { ...behindCdn(bucket.name, path), region: bucket.region };
  return addressOf(host, path, method, (name) => findBucket(world, name) !== undefined);
}

/** The requests to a bucket's own addresses that one through the CDN can have been signed as. */
function originsOf(asSent: Asked, origin: string, bucket: string, path: string, port = 0): Asked[] {
  const at = (host: string, path: string) => ({ ...asSent, path, headers: { ...asSent.headers, host } });
  return [
    { ...at(origin, `/${path}`), hostBucket: bucket },
    at(`${origin.replace(/com$/, "localhost")}:${port}`, `/${path}`),
    at(`127.0.0.1:${port}`, `/${bucket}/${path}`),
    asSent,
  ];
}

/** Who asks, whichever of the requests it was that the client has signed. */
function authenticateOne(call: SpacesCall, requests: readonly Asked[]): Requester {
  let refusal: unknown;
  for (const asked of requests)
    try {
      return authenticate(call, asked, call.query, call.now);
    } catch (error) {
      if (!(error instanceof SpacesError && error.code === "SignatureDoesNotMatch")) throw error;
      refusal = error;
    }
  throw refusal;
}

function refusalOf(error: unknown): SpacesError {
  if (error instanceof SpacesError) return error;
  if (error instanceof DiskFullError) return new SpacesError("InsufficientCapacity", error.message);
  return new SpacesError("InternalError", "We encountered an internal error. Please try again.");
}

interface Target {
  /** As the client sent it, with its port. */
  readonly host: string;
  /** Both as they travel. */
  readonly path: string;
  readonly query: string;
}

/** Where a request goes; through a proxy the whole URL is in its first line. */
function targetOf(request: IncomingMessage): Target {
  const [, origin, rest = "/"] = /^(https?:\/\/[^/?]*)?(.*)$/s.exec(request.url ?? "/") ?? [];
  const [path = "", ...query] = rest.split("?");
  const host = origin ? origin.replace(/^https?:\/\//, "") : (request.headers.host ?? "");
  return { host, path: path || "/", query: query.join("?") };
}

const headersOf = (request: IncomingMessage): Headers =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : value,
    ]),
  );

/** The names of a query's parameters: their values may be a signature. */
const names = (query: string): string => {
  const found = [...new URLSearchParams(query).keys()].filter((name) => !name.startsWith("X-Amz-"));
  return found.length === 0 ? "" : `?${found.join("&")}`;
};

async function send(
  response: ServerResponse,
  reply: SpacesReply,
  id: string,
  headOnly: boolean,
  blobs: Blobs,
): Promise<void> {
  const { status, headers = {}, body, content } = reply;
  response.statusCode = status;
  response.setHeader("x-amz-request-id", id);
  response.setHeader("date", new Date().toUTCString()); // clients set their clocks by it, and sign with that
  if (body !== undefined) response.setHeader("content-type", "application/xml");
  if (!content && status !== 204 && status !== 304)
    response.setHeader("content-length", Buffer.byteLength(body ?? ""));
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  if (content && !headOnly) await blobs.send(content.segments, content.start, content.end, response);
  else response.end(headOnly ? undefined : body);
}
