import { inflateRawSync } from "node:zlib";

// ZIP archives (APPNOTE.TXT 6.3.10 of PKWARE) as far as Python's wheels use them: in memory, stored or deflated, not encrypted.

export interface ZipEntry {
  /** With slashes; one that ends in a slash is a folder. */
  readonly name: string;
  /** The permission bits that the archive keeps for Unix, else 0. */
  readonly mode: number;
  read(): Buffer;
}

const END = 0x06054b50;
const END_SIZE = 22;
const CENTRAL = 0x02014b50;
const LONGEST_COMMENT = 0xffff;

/** Every entry of an archive, in its own order. @throws Error for what is no archive, or one of a kind that is not read here */
export function zipEntries(archive: Buffer): ZipEntry[] {
  const end = endOf(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new Error("the archive is of the ZIP64 kind");
  return Array.from({ length: count }, () => {
    if (archive.readUInt32LE(at) !== CENTRAL) throw new Error("the archive's directory is damaged");
    const nameLength = archive.readUInt16LE(at + 28);
    const rest = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32); // extra fields, comment
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const method = archive.readUInt16LE(at + 10);
    const size = archive.readUInt32LE(at + 20);
    const local = archive.readUInt32LE(at + 42);
    const mode = (archive.readUInt32LE(at + 38) >>> 16) & 0o777;
    at += 46 + nameLength + rest;
    return { name, mode, read: () => content(archive, local, size, method) };
  });
}

function endOf(archive: Buffer): number {
  const earliest = Math.max(0, archive.length - END_SIZE - LONGEST_COMMENT);
  for (let at = archive.length - END_SIZE; at >= earliest; at--)
    if (archive.readUInt32LE(at) === END) return at;
  throw new Error("this is no ZIP archive");
}

function content(archive: Buffer, local: number, size: number, method: number): Buffer {
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + size);
  if (method === 0) return packed;
  if (method === 8) return inflateRawSync(packed);
  throw new Error(`the archive uses compression method ${method}`);
}
