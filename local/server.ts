import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Call, Reply, World } from "./call.ts";
import {
  ApiError,
  badRequest,
  DiskFullError,
  forbidden,
  notFound,
  systemCode,
  unauthorized,
} from "./errors.ts";
import { type Faults, refusal } from "./faults.ts";
import { RateLimit } from "./ratelimit.ts";
import type { Routes } from "./routes.ts";

const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Deeper than any body of the API; one without an end would exhaust the stack of whoever walks through it. */
const MAX_BODY_DEPTH = 64;

export interface ServerParts {
  world(): World;
  token: string;
  routes: Routes;
  faults: Faults;
  timeScale: number;
  /** Waits, within bounds, until what a request is about can be relied on. */
  before(path: string): Promise<void>;
  /** Carries out what a request wrote, and waits within bounds until that is done. */
  after(method: string, path: string): Promise<void>;
  /** Pages that need no token: they hold nothing secret. */
  open: Record<string, () => Page>;
  /** One line per request: JSON, without secrets, bodies or query values. */
  log(line: string): void;
}

export interface Page {
  type: string;
  headers?: Record<string, string>;
  body: string;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Thrown to break the connection without an answer. */
class Dropped extends Error {}

/** The HTTP side of the cloud: everything that is the same for every route. */
export function serve(parts: ServerParts): Server {
  const limit = new RateLimit();
  const sameToken = tokenCheck(parts.token);
  /** Requests on one connection are worked through in turn, also when its client awaits no answer (RFC 9112, 9.3.2). */
  const turns = new WeakMap<Socket, Promise<void>>();

  const server = createServer((request, response) => {
    const started = Date.now();
    const id = randomUUID();
    const method = request.method ?? "GET";
    const target = request.url ?? "/";
    const [path = "", ...rest] = target.split("?");
    const query = new URLSearchParams(rest.join("?"));
    const note = (status: number | "dropped") =>
      parts.log(
        JSON.stringify({
          time: new Date(started).toISOString(),
          method,
          path,
          status,
          ms: Date.now() - started,
          id,
        }),
      );

    const before = turns.get(request.socket) ?? Promise.resolve();
    const turn = before
      .then(() => answer(request, method, path, query))
      .catch((error: unknown) => {
        if (error instanceof Dropped || systemCode(error) === "ECONNRESET") throw error; // nobody to answer
        return failure(error, id, parts.log);
      })
      .then((reply) => {
        if (!server.listening) response.shouldKeepAlive = false; // once it drains, a connection ends with its answer
        send(
          response,
          parts.open[path] ? reply : { ...reply, headers: { ...limit.headers(path), ...reply.headers } },
          method === "HEAD",
          id,
        );
        note(reply.status);
      })
      .catch(() => {
        response.destroy();
        note("dropped");
      });
    turns.set(request.socket, turn);
  });
  return server;

  async function answer(
    request: IncomingMessage,
    method: string,
    path: string,
    query: URLSearchParams,
  ): Promise<Answer> {
    refuseForeignHost(request, parts.world().url);
    const open = parts.open[path];
    if (open && (method === "GET" || method === "HEAD")) {
      const { type, headers, body } = open();
      return { status: 200, headers: { "content-type": type, ...headers }, body };
    }
    if (!sameToken(request.headers.authorization)) throw unauthorized();

    const effects = parts.faults.meet(method, path);
    const body = await jsonBody(request);
    for (const effect of effects) {
      if (effect.kind === "latency") await delay(effect.milliseconds);
      if (effect.kind === "status") throw refusal(effect);
      if (effect.kind === "drop" && effect.when === "before") throw new Dropped();
    }

    await parts.before(path);
    const reply = handle(
      method,
      path,
      query,
      body,
      effects.map((effect) => effect.kind),
    );
    await parts.after(method, path);
    const content = (await reply.later?.()) ?? reply.body;
    if (effects.some((effect) => effect.kind === "drop")) throw new Dropped();
    return {
      status: reply.status,
      headers: {},
      body: content === undefined ? "" : JSON.stringify(content),
    };
  }

  function handle(
    method: string,
    path: string,
    query: URLSearchParams,
    body: unknown,
    effects: string[],
  ): Reply {
    const match = parts.routes.match(method === "HEAD" ? "GET" : method, path);
    if (match.found === "nothing") throw notFound();
    if (match.found === "path")
      throw new ApiError(405, "method_not_allowed", "The method is not allowed for this resource.", {
        allow: match.allowed.join(", "),
      });

    const world = parts.world();
    const now = Date.now();
    const after = (seconds: number) =>
      effects.includes("stall")
        ? Number.POSITIVE_INFINITY
        : now + Math.round(seconds * 1000 * parts.timeScale);
    const facts = { path, params: match.params, query, body, now, after, fails: effects.includes("fail") };
    const call: Call = { ...world, parent: undefined, ...facts };
    return world.store.transaction(() => {
      world.store.sweep(now);
      return match.route.handle(call);
    });
  }
}

/** A page of another site that resolves its name to loopback (DNS rebinding) still sends that name. */
function refuseForeignHost(request: IncomingMessage, url: string): void {
  const { host } = new URL(url);
  const own = [host, host.replace("127.0.0.1", "localhost")];
  if (!own.includes(request.headers.host?.toLowerCase() ?? ""))
    throw forbidden(`This server answers to ${own.join(" and ")} only.`);
}

function tokenCheck(token: string): (header: string | undefined) => boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(token);
  return (header) => {
    const [, given] = /^bearer +(\S+) *$/i.exec(header ?? "") ?? [];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new ApiError(413, "request_too_large", "The request body is larger than 4 MiB.", {
        connection: "close",
      });
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0 || request.method === "GET" || request.method === "HEAD") return undefined;
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type))
    throw new ApiError(
      415,
      "unsupported_media_type",
      "The Content-Type of a request with a body must be application/json.",
    );
  const body = parsed(bytes);
  if (isDeeper(body, MAX_BODY_DEPTH)) throw badRequest("The request body is nested too deeply.");
  return body;
}

function parsed(bytes: Buffer): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.trim() === "" ? undefined : JSON.parse(text);
  } catch {
    throw badRequest("The request body is not valid JSON.");
  }
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1)));

function refusalOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof DiskFullError) return new ApiError(507, "server_error", error.message);
  return new ApiError(500, "server_error", "Unexpected server-side error");
}

function failure(error: unknown, requestId: string, log: (line: string) => void): Answer {
  const known = refusalOf(error);
  if (known !== error && !(error instanceof DiskFullError))
    log(JSON.stringify({ error: error instanceof Error ? error.stack : String(error), id: requestId }));
  return {
    status: known.status,
    headers: known.headers,
    body: JSON.stringify({ id: known.id, message: known.message, request_id: requestId }),
  };
}

function send(response: ServerResponse, answer: Answer, headOnly: boolean, requestId: string): void {
  response.writeHead(answer.status, {
    ...(answer.body === "" ? {} : { "content-type": "application/json; charset=utf-8" }),
    "x-request-id": requestId,
    "cache-control": "no-store",
    ...(answer.status === 204 ? {} : { "content-length": Buffer.byteLength(answer.body) }),
    ...answer.headers,
  });
  response.end(headOnly ? undefined : answer.body);
}
