import { randomUUID } from "node:crypto";
import { closeSync, createReadStream, mkdirSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { systemCode } from "../errors.ts";
import { SpacesError } from "./errors.ts";
import { writeOut } from "./write-out.ts";

/** A piece of an object's content: one file. What was uploaded in parts stays in as many. */
export interface Segment {
  readonly blob: string;
  readonly size: number;
}

const UNFINISHED = ".part";
/** Bytes that are read at a time, and up to which an object is small. */
const BLOCK = 1024 * 1024;
const SMALL = 64 * 1024;

/** The content of every object: files that are written once, under names that mean nothing. */
export class Blobs {
  readonly #folder: string;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Writes a new blob. When this returns, it is on the disk under its name. Nothing is left of one that fails. */
  async write(content: AsyncIterable<Uint8Array>): Promise<Segment> {
    const blob = randomUUID();
    const draft = this.#file(blob) + UNFINISHED;
    let size = 0;
    try {
      const file = await open(draft, "wx", 0o600);
      try {
        size = await writeOut(file, content);
      } finally {
        await file.close();
      }
      await rename(draft, this.#file(blob));
      await this.#syncFolder();
    } catch (error) {
      await rm(draft, { force: true });
      throw fullDisk(error);
    }
    return { blob, size };
  }

  /** The same content once more, to be discarded on its own. */
  async copy(segments: readonly Segment[]): Promise<Segment[]> {
    const copies = segments.map(({ size }) => ({ blob: randomUUID(), size }));
    for (const [at, { blob }] of segments.entries())
      await link(this.#file(blob), this.#file(copies[at]?.blob ?? ""));
    await this.#syncFolder();
    return copies;
  }

  /** The bytes from `start` up to `end`, which is not among them. Hold the segments while reading. */
  async *read(segments: readonly Segment[], start: number, end: number): AsyncGenerator<Buffer> {
    let before = 0;
    for (const { blob, size } of segments) {
      const from = Math.max(start - before, 0);
      const to = Math.min(end - before, size);
      if (from < to) yield* this.#stream({ blob }, from, to);
      before += size;
    }
  }

  #stream({ blob }: Pick<Segment, "blob">, start: number, end: number): Readable {
    return createReadStream(this.#file(blob), { start, end: end - 1, highWaterMark: BLOCK });
  }

  /** Streams to a response, as fast as it takes the bytes. What is small is read at once: a stream costs more than its bytes. */
  async send(
    segments: readonly Segment[],
    start: number,
    end: number,
    to: NodeJS.WritableStream,
  ): Promise<void> {
    const [only] = segments;
    if (only && segments.length === 1 && end - start <= SMALL) {
      to.end(readPiece(this.#file(only.blob), start, end));
      return;
    }
    const release = this.hold(segments);
    try {
      await pipeline(
        only && segments.length === 1 ? this.#stream(only, start, end) : this.read(segments, start, end),
        to,
      );
    } finally {
      release();
    }
  }

  /** Keeps what is being read or cached; call the result once done. */
  hold(segments: readonly Segment[]): () => void {
    for (const { blob } of segments) this.#readers.set(blob, (this.#readers.get(blob) ?? 0) + 1);
    return () => {
      for (const { blob } of segments) {
        const left = (this.#readers.get(blob) ?? 1) - 1;
        if (left > 0) this.#readers.set(blob, left);
        else this.#readers.delete(blob);
        if (left === 0 && this.#doomed.delete(blob)) this.#remove(blob);
      }
    };
  }

  /** Removes what nothing refers to any more, once its last reader is done. */
  discard(segments: readonly Segment[]): void {
    for (const { blob } of segments) {
      if (this.#readers.has(blob)) this.#doomed.add(blob);
      else this.#remove(blob);
    }
  }

  /** Removes what an earlier process wrote and never acknowledged, or had no time to remove. */
  keepOnly(known: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#folder)) if (!known.has(name)) this.#remove(name);
  }

  #remove(name: string): void {
    rmSync(this.#file(name), { force: true });
  }

  #file(blob: string): string {
    return join(this.#folder, blob);
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

function readPiece(path: string, start: number, end: number): Buffer {
  const piece = Buffer.allocUnsafe(end - start);
  const file = openSync(path, "r");
  try {
    for (let at = 0; at < piece.length; ) {
      const size = readSync(file, piece, at, piece.length - at, start + at);
      if (size === 0) throw new Error(`blob ${path} is shorter than it was`);
      at += size;
    }
  } finally {
    closeSync(file);
  }
  return piece;
}

function fullDisk(error: unknown): unknown {
  return ["ENOSPC", "EDQUOT"].includes(systemCode(error) ?? "")
    ? new SpacesError(
        "InsufficientCapacity",
        "The local cloud's disk is full: nothing was written. Free some space and repeat.",
      )
    : error;
}
