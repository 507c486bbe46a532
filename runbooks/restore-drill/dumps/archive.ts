import { BSON } from "mongodb";
import { ByteReader, type Bytes } from "./bytes.ts";
import { Crc64 } from "./crc64.ts";

/**
 * The archives of MongoDB's own tools (`mongodump --archive`), so that a dump can be restored with `mongorestore` when
 * nothing of this repository is at hand. Format: mongo-tools, common/archive, version 0.1.
 */

const magic = 0x8199e26d;
const terminator = -1;
/** Documents are handed on in pieces of about this many bytes. */
const pieceBytes = 256 * 1024;

export interface Namespace {
  readonly db: string;
  readonly collection: string;
}

/** A collection as it comes into an archive. */
export interface Collection extends Namespace {
  /** Options, indexes and type, as canonical extended JSON. */
  readonly metadata: string;
  /** Its documents as BSON; a view has none. */
  readonly documents: AsyncIterable<Uint8Array>;
}

/** What an archive is made of, in its order: all collections first, then their documents, and the end of each. */
export type Entry =
  | ({ readonly kind: "collection"; readonly metadata: string } & Namespace)
  | ({ readonly kind: "document"; readonly bytes: Buffer } & Namespace)
  | ({ readonly kind: "end" } & Namespace);

/** Writes an archive. One collection follows the other. */
export async function* writeArchive(
  about: { serverVersion: string; tool: string },
  collections: readonly Collection[],
): Bytes {
  yield int32(magic);
  yield BSON.serialize({
    concurrent_collections: new BSON.Int32(1),
    version: "0.1",
    server_version: about.serverVersion,
    tool_version: about.tool,
  });
  for (const { db, collection, metadata } of collections)
    yield BSON.serialize({ db, collection, metadata, size: new BSON.Int32(0), type: typeOf(metadata) });
  yield int32(terminator);
  for (const { db, collection, documents } of collections) {
    const crc = new Crc64();
    for await (const piece of pieces(documents)) {
      crc.add(piece);
      yield header({ db, collection }, false, 0n);
      yield piece;
      yield int32(terminator);
    }
    yield header({ db, collection }, true, crc.value);
    yield int32(terminator);
  }
}

/** Reads an archive. @throws when it ends early, is none, or a checksum differs. */
export async function* readArchive(source: Bytes): AsyncGenerator<Entry> {
  const reader = new ByteReader(source);
  if ((await reader.take(4)).readUInt32LE() !== magic) throw new Error("it is no MongoDB archive");
  await document(reader);
  const open = new Map<string, Crc64>();
  for (let bytes = await block(reader); bytes; bytes = await block(reader)) {
    const { db, collection, metadata } = BSON.deserialize(bytes);
    open.set(`${db}.${collection}`, new Crc64());
    yield { kind: "collection", db, collection, metadata };
  }
  while (await reader.peek(4)) {
    const { db, collection, EOF, CRC } = BSON.deserialize(await document(reader), { useBigInt64: true });
    const name = `${db}.${collection}`;
    const crc = open.get(name);
    if (!crc) throw new Error(`${name} has no description, or has ended before`);
    for (let bytes = await block(reader); bytes; bytes = await block(reader)) {
      crc.add(bytes);
      yield { kind: "document", db, collection, bytes };
    }
    if (!EOF) continue;
    if (crc.value !== CRC) throw new Error(`the checksum of ${name} differs`);
    open.delete(name);
    yield { kind: "end", db, collection };
  }
  const [unended] = open.keys();
  if (unended !== undefined) throw new Error(`it ends within ${unended}`);
}

async function document(reader: ByteReader): Promise<Buffer> {
  const bytes = await block(reader);
  if (!bytes) throw new Error("a document is missing");
  return bytes;
}

/** The next document, or undefined where the terminator stands. */
async function block(reader: ByteReader): Promise<Buffer | undefined> {
  const length = (await reader.peek(4))?.readInt32LE();
  if (length === terminator) {
    await reader.take(4);
    return undefined;
  }
  if (length === undefined || length < 5) throw new Error("it ends too early");
  return reader.take(length);
}

/** Whole documents, put together. */
async function* pieces(documents: AsyncIterable<Uint8Array>): Bytes {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const each of documents) {
    held.push(each);
    bytes += each.length;
    if (bytes < pieceBytes) continue;
    yield Buffer.concat(held);
    [held, bytes] = [[], 0];
  }
  if (held.length) yield Buffer.concat(held);
}

function header({ db, collection }: Namespace, EOF: boolean, crc: bigint): Uint8Array {
  return BSON.serialize({ db, collection, EOF, CRC: BSON.Long.fromBigInt(crc) });
}

function typeOf(metadata: string): string {
  return (JSON.parse(metadata) as { type: string }).type;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
}
