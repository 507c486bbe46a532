import type { FileHandle } from "node:fs/promises";

/** Bytes that are written at a time, and those after which they are sent on to the disk. */
const BLOCK = 1024 * 1024;
const LAP = 8 * BLOCK;

/**
 * Writes content to an empty file as it comes, and returns how much it was once all of it is on the disk. While the next is awaited, and
 * its checksums are made, what is there already is on its way.
 */
export async function writeOut(file: FileHandle, content: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  let writing = Promise.resolve();
  let syncing = Promise.resolve();
  let unsynced = 0;
  for await (const block of inBlocks(content)) {
    await writing;
    if (unsynced >= LAP) {
      await syncing;
      syncing = later(file.datasync());
      unsynced = 0;
    }
    writing = later(writeAll(file, block));
    const bytes = lengthOf(block);
    unsynced += bytes;
    size += bytes;
  }
  await Promise.all([writing, syncing]);
  await file.sync();
  return size;
}

/** The chunks of a request, which are small, in blocks that are worth a write. */
async function* inBlocks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array[]> {
  let block: Uint8Array[] = [];
  for await (const chunk of content) {
    block.push(chunk);
    if (lengthOf(block) < BLOCK) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

async function writeAll(file: FileHandle, block: readonly Uint8Array[]): Promise<void> {
  const { bytesWritten } = await file.writev(block);
  if (bytesWritten === lengthOf(block)) return;
  const rest = Buffer.concat(block).subarray(bytesWritten); // as good as never: a file takes all, or says why not
  for (let at = 0; at < rest.length; ) at += (await file.write(rest, at)).bytesWritten;
}

const lengthOf = (block: readonly Uint8Array[]) => block.reduce((sum, chunk) => sum + chunk.length, 0);

/** What is awaited later; until then its failure is nobody's. */
function later(work: Promise<void>): Promise<void> {
  work.catch(() => {});
  return work;
}
