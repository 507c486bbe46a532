/** The client of DigitalOcean's v2 API. */
import { Agent, type IncomingMessage, request } from "node:http";
import { request as secureRequest } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { Operation } from "../provider/resource.ts";
import { versions } from "../versions.ts";
import type { SpacesSettings } from "./spaces.ts";

export interface Settings {
  readonly endpoint: URL;
  readonly token: string;
  /** 0 is no limit. */
  readonly requestsPerSecond: number;
  readonly retries: number;
  /** Milliseconds. */
  readonly shortestWait: number;
  /** Milliseconds. */
  readonly longestWait: number;
  /** What reaches Spaces, whose API is another: see spaces.ts. Default: no credentials. */
  readonly spaces?: SpacesSettings;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
/** A parsed JSON body. */
export type Body = { readonly [name: string]: unknown };

/** An answer of the API that isn't a success. */
export class ApiError extends Error {
  readonly status: number;
  /** The API's word for it: `not_found`, `unprocessable_entity`, ... */
  readonly id: string;
  constructor(method: Method, path: string, status: number, body: Body) {
    super(`${method} ${path}: ${status} ${String(body.message ?? body.id ?? "")}`.trimEnd());
    this.status = status;
    this.id = String(body.id ?? "");
  }
}

export const isStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof ApiError && statuses.includes(error.status);

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Body;
}

export class Api {
  readonly #settings: Settings;
  readonly #agent = new Agent({ keepAlive: true });
  #nextStart = 0;

  get spaces(): SpacesSettings {
    return this.#settings.spaces ?? { endpoint: "", proxy: "", accessKeyId: "", secretAccessKey: "" };
  }

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** One call, with further tries as the settings allow; throws an `ApiError` for any status of 400 or more. */
  async call(
    method: Method,
    path: string,
    { signal }: Pick<Operation<unknown>, "signal">,
    body?: object,
  ): Promise<Body> {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      await this.#pace(signal);
      const answer = await this.#once(method, path, signal, body).catch((error: unknown) => toError(error));
      const isLast = attempt >= this.#settings.retries;
      if (answer instanceof Error) {
        signal.throwIfAborted();
        if (isLast) throw new Error(`${method} ${path}: ${answer.message}: is the local cloud running?`);
      } else if (answer.status < 400) return answer.body;
      else if (isLast || !isTransient(answer.status))
        throw new ApiError(method, path, answer.status, answer.body);
      await delay(this.#wait(attempt, answer), undefined, { signal });
    }
  }

  /** All pages of a list. */
  async list(path: string, root: string, operation: Pick<Operation<unknown>, "signal">): Promise<Body[]> {
    const items: Body[] = [];
    for (let page = 1; ; page++) {
      const body = await this.call(
        "GET",
        `${path}${path.includes("?") ? "&" : "?"}page=${page}&per_page=200`,
        operation,
      );
      const part = bodies(body[root]);
      items.push(...part);
      if (!asBody(asBody(body.links).pages).next || part.length === 0) return items;
    }
  }

  #wait(attempt: number, answer: Answer | Error): number {
    const told = answer instanceof Error ? undefined : answer.retryAfter;
    if (told !== undefined && /^\d+$/.test(told)) return Number(told) * 1000;
    return Math.min(this.#settings.shortestWait * 2 ** attempt, this.#settings.longestWait);
  }

  async #pace(signal: AbortSignal): Promise<void> {
    const { requestsPerSecond } = this.#settings;
    if (!(requestsPerSecond > 0)) return;
    const start = Math.max(this.#nextStart, Date.now());
    this.#nextStart = start + 1000 / requestsPerSecond;
    if (start > Date.now()) await delay(start - Date.now(), undefined, { signal });
  }

  #once(method: Method, path: string, signal: AbortSignal, body: object | undefined): Promise<Answer> {
    const { endpoint, token } = this.#settings;
    const url = new URL(`${endpoint.pathname.replace(/\/$/, "")}${path}`, endpoint);
    const payload = body && JSON.stringify(body);
    const isSecure = url.protocol === "https:";
    return new Promise((resolve, reject) => {
      const outgoing = (isSecure ? secureRequest : request)(
        url,
        {
          method,
          // A change under way is never broken off: nobody would know whether the platform has made it.
          ...(method === "GET" && { signal }),
          ...(!isSecure && { agent: this.#agent }),
          headers: {
            accept: "application/json",
            authorization: `Bearer ${token}`,
            "user-agent": `breakwater-stand-in/${versions.digitalocean}`,
            ...(payload && {
              "content-type": "application/json",
              "content-length": Buffer.byteLength(payload),
            }),
          },
        },
        (incoming) => read(incoming).then(resolve, reject),
      );
      outgoing.on("error", reject);
      outgoing.end(payload);
    });
  }
}

async function read(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const retryAfter = incoming.headers["retry-after"];
  const text = Buffer.concat(chunks).toString();
  const status = incoming.statusCode ?? 0;
  try {
    return { status, retryAfter, body: asBody(text === "" ? {} : JSON.parse(text)) };
  } catch {
    if (status < 400) throw new Error("the answer is not JSON");
    return { status, retryAfter, body: {} };
  }
}

const isTransient = (status: number): boolean => status === 429 || (status >= 500 && status !== 501);
const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** A part of a body that should be an object; an empty one when it isn't. */
export const asBody = (value: unknown): Body =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};

/** A part of a body that should be a list of objects. */
export const bodies = (value: unknown): Body[] => (Array.isArray(value) ? value.map(asBody) : []);

/**
 * How long to wait before the next look, in milliseconds: 2% of the time that it has taken so far, so that a wait is never
 * noticeably longer than what it waits for. The official plugin's 10 to 15 seconds would be most of a run: the local cloud is quick.
 */
const pauseSince = (start: number): number => Math.min(Math.max(20, (Date.now() - start) / 50), 500);

/** Asks until `probe` gives something; throws when the operation's time is over. */
export async function until<T>(
  operation: Operation<Api>,
  what: string,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const start = Date.now();
  for (;;) {
    const result = await probe();
    if (result !== undefined) return result;
    const pause = pauseSince(start);
    if (Date.now() + pause > start + operation.timeout)
      throw new Error(`${what} took longer than ${operation.timeout / 1000} s`);
    await delay(pause, undefined, { signal: operation.signal });
  }
}

/** Repeats `act` while the platform refuses it with one of `statuses`; when the operation's time is over, the refusal stands. */
export async function whileRefused<T>(
  operation: Operation<Api>,
  statuses: readonly number[],
  act: () => Promise<T>,
): Promise<T> {
  const start = Date.now();
  for (;;) {
    const pause = pauseSince(start);
    try {
      return await act();
    } catch (error) {
      if (!isStatus(error, ...statuses) || Date.now() + pause > start + operation.timeout) throw error;
    }
    await delay(pause, undefined, { signal: operation.signal });
  }
}
