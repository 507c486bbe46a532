import type { Saved } from "../store.ts";
import type { Blobs } from "./blobs.ts";
import { type CdnEndpoint, isPurged } from "./cdn-endpoint.ts";
import type { Entry } from "./entries.ts";
import { SpacesError } from "./errors.ts";
import { rangeOf } from "./objects.ts";
import type { Range, SpacesCall, SpacesReply } from "./operation.ts";

/**
 * The CDN in front of buckets (https://docs.digitalocean.com/products/spaces/how-to/manage-cdn-cache/). What anyone may read is kept by its
 * URL, query included, and served from there until its time is over or it is purged, whatever becomes of the object. A request with
 * a signature goes past the cache to the bucket and back, each time: nothing private is ever kept.
 */

/** What a presigned upload through the CDN may have at most, in bytes (D). */
const MAX_UPLOAD = 8100 * 1024;
/** The longest time for which anything is kept, in seconds: a week. */
export const LONGEST = 604_800;
/** Answers that are kept at a time; the oldest make room. */
const MAX_KEPT = 1000;

interface Kept {
  readonly headers: NonNullable<SpacesReply["headers"]>;
  readonly content: Range;
  readonly since: number;
  readonly until: number;
  readonly release: () => void;
}

type Status = "HIT" | "MISS" | "EXPIRED" | "BYPASS" | "DYNAMIC";

export class Cdn {
  readonly #blobs: Blobs;
  readonly #kept = new Map<string, Kept>();

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /**
   * @param path the object's, as it travels, without the first slash
   * @param origin asks the bucket, with the headers that are given
   */
  async serve(
    call: Pick<SpacesCall, "method" | "headers" | "query" | "now">,
    isSigned: boolean,
    endpoint: Saved<CdnEndpoint>,
    path: string,
    origin: (headers: SpacesCall["headers"]) => Promise<SpacesReply>,
  ): Promise<SpacesReply> {
    const isRead = call.method === "GET" || call.method === "HEAD";
    if (!isRead && Number(call.headers["content-length"] ?? 0) > MAX_UPLOAD)
      throw new SpacesError("EntityTooLarge", `An upload through the CDN has at most ${MAX_UPLOAD} bytes`);
    if (isSigned || !isRead) return marked(await origin(call.headers), "BYPASS");

    const url = `${endpoint.id} ${path}?${call.query}`;
    const kept = this.#kept.get(url);
    const isThere = kept && !isPurged(endpoint.purges, path, kept.since);
    if (isThere && call.now < kept.until) return answer(call, kept, "HIT");
    if (kept) this.#drop(url, kept);
    const { range: _, "if-none-match": __, "if-modified-since": ___, ...whole } = call.headers;
    const reply = await origin(whole);
    if (reply.status !== 200 || !reply.content) return marked(reply, "DYNAMIC");
    const seconds = Math.min(
      secondsOf(String(reply.headers?.["cache-control"] ?? ""), endpoint.ttl),
      LONGEST,
    );
    if (seconds === 0) return marked(reply, "BYPASS");
    const fresh: Kept = {
      headers: {
        ...reply.headers,
        "cache-control": reply.headers?.["cache-control"] ?? `max-age=${endpoint.ttl}`,
      },
      content: reply.content,
      since: call.now,
      until: call.now + seconds * 1000,
      release: this.#blobs.hold(reply.content.segments),
    };
    this.#keep(url, fresh);
    return answer(call, fresh, isThere ? "EXPIRED" : "MISS");
  }

  #keep(url: string, fresh: Kept): void {
    this.#kept.set(url, fresh);
    const [oldest] = this.#kept;
    if (this.#kept.size > MAX_KEPT && oldest) this.#drop(...oldest);
  }

  #drop(url: string, kept: Kept): void {
    this.#kept.delete(url);
    kept.release();
  }
}

/** For how long an answer may be kept: what the object says for itself, else the endpoint's time. */
export function secondsOf(cacheControl: string, ttl: number): number {
  if (/\b(no-store|no-cache|private)\b/i.test(cacheControl)) return 0;
  const [, seconds] = /\bs-maxage=(\d+)/i.exec(cacheControl) ?? /\bmax-age=(\d+)/i.exec(cacheControl) ?? [];
  return seconds === undefined ? ttl : Number(seconds);
}

function answer(call: Pick<SpacesCall, "headers" | "now">, kept: Kept, status: Status): SpacesReply {
  const etag = String(kept.headers.etag ?? "");
  const headers: Kept["headers"] = { ...kept.headers, age: Math.floor((call.now - kept.since) / 1000) };
  if (call.headers["if-none-match"]?.split(",").some((one) => one.trim() === etag || one.trim() === "*")) {
    const { etag: same, age, "cache-control": cacheControl } = headers;
    return marked({ status: 304, headers: { etag: same, age, "cache-control": cacheControl } }, status);
  }
  const { segments, end: size } = kept.content;
  const entry: Pick<Entry, "size" | "etag"> = { size, etag: etag.replaceAll('"', "") };
  const range = rangeOf(call.headers.range, call.headers["if-range"], entry);
  if (!range) return marked({ status: 200, headers, content: kept.content }, status);
  const { start, end } = range;
  const part = { "content-length": end - start, "content-range": `bytes ${start}-${end - 1}/${size}` };
  return marked({ status: 206, headers: { ...headers, ...part }, content: { segments, start, end } }, status);
}

/** Says what the cache had to do with an answer, in its own header. */
const marked = (reply: SpacesReply, status: Status): SpacesReply => ({
  ...reply,
  headers: { ...reply.headers, "cf-cache-status": status },
});
