import { randomBytes } from "node:crypto";
import type { Store } from "../store.ts";
import type { Acl } from "./acl.ts";
import type { Segment } from "./blobs.ts";

/** What is kept of an object beside its place in the bucket. */
export interface Content {
  readonly segments: readonly Segment[];
  /** Content-Type, Cache-Control and others that come back as they were sent, by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly acl: Acl;
  /** Checksums by algorithm in lower case, base64. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** One version of an object, or the marker that it was deleted. */
export interface Entry {
  readonly key: string;
  /** `null` where it was written without versioning. */
  readonly version: string;
  readonly latest: boolean;
  readonly marker: boolean;
  /** Milliseconds since the epoch, as are all times here. */
  readonly modified: number;
  /** Since when another version has been the latest. */
  readonly replaced: number | null;
  readonly size: number;
  readonly etag: string;
  readonly content: Content;
  /** Later entries of a key have higher ones. */
  readonly seq: number;
}

/** A bucket's versioning as S3 names it; "" while it was never set. */
export type Versioning = "" | "Enabled" | "Suspended";

/** Every blob that something refers to. */
export function knownBlobs(store: Store): Set<string> {
  const rows = ["entry", "part"].flatMap((table) => store.all(`SELECT content FROM ${table}`));
  const contents = rows.map(({ content }): Pick<Content, "segments"> => JSON.parse(String(content)));
  return new Set(contents.flatMap(({ segments }) => segments.map(({ blob }) => blob)));
}

const NOTHING: Content = { segments: [], headers: {}, metadata: {}, acl: "private", checksums: {} };
const EMPTY = { size: 0, etag: "", content: NOTHING };

/** The objects of one bucket. What a change leaves without an owner is given to `discard`, to go once it is committed. */
export class Entries {
  readonly #store: Store;
  readonly #bucket: string;
  readonly #discard: (segments: readonly Segment[]) => void;

  constructor(store: Store, bucket: string, discard: (segments: readonly Segment[]) => void) {
    this.#store = store;
    this.#bucket = bucket;
    this.#discard = discard;
  }

  latest(key: string): Entry | undefined {
    return this.#one("key = ? AND latest = 1", key);
  }

  version(key: string, version: string): Entry | undefined {
    return this.#one("key = ? AND version = ?", key, version);
  }

  isEmpty(): boolean {
    return this.#one("1 = 1") === undefined;
  }

  /** Makes `content` the latest of its key. */
  put(
    key: string,
    content: Pick<Entry, "size" | "etag" | "content">,
    versioning: Versioning,
    now: number,
  ): Entry {
    return this.#add(key, { ...content, marker: false }, versioning, now);
  }

  /** A deletion that names no version: of the object itself, or a marker over its versions. */
  delete(key: string, versioning: Versioning, now: number): Entry | undefined {
    if (versioning !== "") return this.#add(key, { ...EMPTY, marker: true }, versioning, now);
    const current = this.version(key, "null");
    if (current) this.remove(current);
    return undefined;
  }

  /** Takes one version away for good; the newest of the others becomes the latest. */
  remove(entry: Entry): void {
    this.#store.run("DELETE FROM entry WHERE seq = ?", entry.seq);
    this.#discard(entry.content.segments);
    if (!entry.latest) return;
    const next = this.#one("key = ? ORDER BY seq DESC", entry.key);
    if (next) this.#store.run("UPDATE entry SET latest = 1, replaced = NULL WHERE seq = ?", next.seq);
  }

  /** Other headers or another ACL for the same content. */
  change(entry: Entry, content: Content): void {
    this.#store.run("UPDATE entry SET content = ? WHERE seq = ?", JSON.stringify(content), entry.seq);
  }

  /** Latest versions by key, `after` not among them, with deletion markers left out. */
  keys(prefix: string, after: string, limit: number): Entry[] {
    return this.#many(
      "key > ? AND key >= ? AND key < ? AND latest = 1 AND marker = 0 ORDER BY key LIMIT ?",
      after,
      prefix,
      beyond(prefix),
      limit,
    );
  }

  /** All versions by key, the newest first, from behind the version `seq` of the key `after`. */
  versions(prefix: string, after: string, seq: number, limit: number): Entry[] {
    return this.#many(
      "(key > ? OR (key = ? AND seq < ?)) AND key >= ? AND key < ? ORDER BY key, seq DESC LIMIT ?",
      after,
      after,
      seq,
      prefix,
      beyond(prefix),
      limit,
    );
  }

  /** For lifecycle rules: what was last written up to `time`, was replaced up to then, or is a marker alone at the top. */
  due(what: "modified" | "replaced" | "marker", prefix: string, time: number): Entry[] {
    const condition = {
      modified: "latest = 1 AND marker = 0 AND modified <= ?",
      replaced: "latest = 0 AND replaced <= ?",
      marker: "latest = 1 AND marker = 1 AND modified <= ?",
    }[what];
    return this.#many(`${condition} AND key >= ? AND key < ?`, time, prefix, beyond(prefix));
  }

  /** How many versions a key has, markers included. */
  count(key: string): number {
    const [row] = this.#store.all(
      "SELECT count(*) AS n FROM entry WHERE bucket = ? AND key = ?",
      this.#bucket,
      key,
    );
    return Number(row?.n);
  }

  #add(
    key: string,
    draft: Pick<Entry, "size" | "etag" | "content" | "marker">,
    versioning: Versioning,
    now: number,
  ): Entry {
    const version = versioning === "Enabled" ? newVersion() : "null";
    const same = this.version(key, version);
    if (same) {
      this.#store.run("DELETE FROM entry WHERE seq = ?", same.seq);
      this.#discard(same.content.segments);
    }
    this.#store.run(
      "UPDATE entry SET latest = 0, replaced = ? WHERE bucket = ? AND key = ? AND latest = 1",
      now,
      this.#bucket,
      key,
    );
    this.#store.run(
      `INSERT INTO entry (bucket, key, version, latest, marker, modified, size, etag, content)
       VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)`,
      this.#bucket,
      key,
      version,
      Number(draft.marker),
      now,
      draft.size,
      draft.etag,
      JSON.stringify(draft.content),
    );
    const added = this.latest(key);
    if (!added) throw new Error("what was just written is not there");
    return added;
  }

  #one(condition: string, ...values: (string | number)[]): Entry | undefined {
    return this.#many(`${condition} LIMIT 1`, ...values)[0];
  }

  #many(condition: string, ...values: (string | number)[]): Entry[] {
    return this.#store
      .all(`SELECT * FROM entry WHERE bucket = ? AND ${condition}`, this.#bucket, ...values)
      .map(entry);
  }
}

/** The least text that is greater than every one with this prefix, by code points as SQLite compares them. */
export const beyond = (prefix: string): string => `${prefix}\u{10ffff}`;

const newVersion = (): string => randomBytes(24).toString("base64url");

const entry = (row: Record<string, unknown>): Entry => ({
  key: String(row.key),
  version: String(row.version),
  latest: row.latest === 1,
  marker: row.marker === 1,
  modified: Number(row.modified),
  replaced: row.replaced === null ? null : Number(row.replaced),
  size: Number(row.size),
  etag: String(row.etag),
  content: JSON.parse(String(row.content)),
  seq: Number(row.seq),
});
