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

/** The SHA-256 of a file's content, hexadecimal. Others get their turn between its blocks. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const block = new Uint8Array(BLOCK);
  const file = openSync(path, "r");
  try {
    for (let size = readSync(file, block); size > 0; size = readSync(file, block)) {
      hash.update(block.subarray(0, size));
      if (size === BLOCK) await setImmediate();
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

/** Runs `action` on each of `items`, a few at a time; ends when none is under way, with the first error if there was one. */
export async function beside<T>(
  width: number,
  items: Iterable<T>,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let hasFailed = false;
  const work = async () => {
    for (let next = queue.next(); !next.done && !hasFailed; next = queue.next())
      await action(next.value).catch((error) => {
        hasFailed = true;
        throw error;
      });
  };
  await together(Array.from({ length: width }, work));
}

/** Waits for all, also when one fails: nothing is still being written then. @throws the first error */
export async function together(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
}
