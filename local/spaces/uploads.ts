import { randomBytes } from "node:crypto";
import type { Store } from "../store.ts";
import type { Segment } from "./blobs.ts";
import { beyond, type Content } from "./entries.ts";

/** An object that is being uploaded in parts, and not there yet. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly started: number;
  /** What the object will have beside its bytes. */
  readonly content: Omit<Content, "segments"> & { readonly algorithm?: string };
  readonly seq: number;
}

export interface Part {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly content: Pick<Content, "segments" | "checksums">;
}

/** The multipart uploads of one bucket. */
export class Uploads {
  readonly #store: Store;
  readonly #bucket: string;
  readonly #discard: (segments: readonly Segment[]) => void;

  constructor(store: Store, bucket: string, discard: (segments: readonly Segment[]) => void) {
    this.#store = store;
    this.#bucket = bucket;
    this.#discard = discard;
  }

  start(key: string, content: Upload["content"], now: number): string {
    const id = `2~${randomBytes(24).toString("base64url")}`;
    this.#store.run(
      "INSERT INTO upload (id, bucket, key, started, content) VALUES (?, ?, ?, ?, ?)",
      id,
      this.#bucket,
      key,
      now,
      JSON.stringify(content),
    );
    return id;
  }

  find(key: string, id: string): Upload | undefined {
    return this.#many("key = ? AND id = ?", key, id)[0];
  }

  /** By key, then age, from behind the upload `seq` of the key `after`. */
  list(prefix: string, after: string, seq: number, limit: number): Upload[] {
    const from = "(key > ? OR (key = ? AND seq > ?)) AND key >= ? AND key < ? ORDER BY key, seq LIMIT ?";
    return this.#many(from, after, after, seq, prefix, beyond(prefix), limit);
  }

  startedUntil(time: number): Upload[] {
    return this.#many("started <= ?", time);
  }

  isEmpty(): boolean {
    return this.#many("1 = 1 LIMIT 1").length === 0;
  }

  /** A part of that number may be there already: the last one counts. */
  putPart(upload: Upload, part: Part): void {
    for (const before of this.#parts("number = ?", upload.id, part.number))
      this.#discard(before.content.segments);
    this.#store.run(
      "INSERT OR REPLACE INTO part (upload, number, size, etag, modified, content) VALUES (?, ?, ?, ?, ?, ?)",
      upload.id,
      part.number,
      part.size,
      part.etag,
      part.modified,
      JSON.stringify(part.content),
    );
  }

  parts(upload: Upload): Part[] {
    return this.#parts("1 = 1 ORDER BY number", upload.id);
  }

  /** Ends an upload. Parts that the object was made of are `used`, and stay. */
  remove(upload: Upload, used: readonly Part[] = []): void {
    const numbers = used.map(({ number }) => number);
    for (const part of this.parts(upload))
      if (!numbers.includes(part.number)) this.#discard(part.content.segments);
    this.#store.run("DELETE FROM part WHERE upload = ?", upload.id);
    this.#store.run("DELETE FROM upload WHERE id = ?", upload.id);
  }

  #parts(condition: string, ...values: (string | number)[]): Part[] {
    return this.#store.all(`SELECT * FROM part WHERE upload = ? AND ${condition}`, ...values).map((row) => ({
      number: Number(row.number),
      size: Number(row.size),
      etag: String(row.etag),
      modified: Number(row.modified),
      content: JSON.parse(String(row.content)),
    }));
  }

  #many(condition: string, ...values: (string | number)[]): Upload[] {
    return this.#store
      .all(`SELECT * FROM upload WHERE bucket = ? AND ${condition}`, this.#bucket, ...values)
      .map((row) => ({
        id: String(row.id),
        key: String(row.key),
        started: Number(row.started),
        content: JSON.parse(String(row.content)),
        seq: Number(row.seq),
      }));
  }
}
