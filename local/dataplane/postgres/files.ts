import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";

/** Writes a file that is there whole or not at all, and stays. */
export function writeDurably(path: string, text: string): void {
  const draft = `${path}.new`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Bytes that are read at a time, and after which others get their turn. */
const BLOCK = 1024 * 1024;

/** Writes a file, and returns the SHA-256 of its content, hexadecimal. A thousand small files are no work for streams. */
export async function writeDigested(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string> {
  const hash = createHash("sha256");
  const file = openSync(path, "w", 0o600);
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

/** The content of a file, block by block; a block is only good until the next. */
export async function* blocksOf(path: string): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK);
  const file = openSync(path, "r");
  try {
    for (let size = readSync(file, block); size > 0; size = readSync(file, block)) {
      yield block.subarray(0, size);
      if (size === BLOCK) await setImmediate();
    }
  } finally {
    closeSync(file);
  }
}
