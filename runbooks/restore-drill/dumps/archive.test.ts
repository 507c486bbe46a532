import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BSON } from "mongodb";
import { type Entry, readArchive, writeArchive } from "./archive.ts";
import { exactDocument } from "./bson.ts";
import type { Bytes } from "./bytes.ts";
import { Crc64 } from "./crc64.ts";

const about = { serverVersion: "8.0.4", tool: "test" };
const metadata = JSON.stringify({ type: "collection", options: {}, indexes: [] });

async function* each(values: Iterable<Uint8Array>): Bytes {
  yield* values;
}

async function all(bytes: Bytes): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** In pieces of a length that meets no boundary of the archive. */
function inPieces(bytes: Buffer, length: number): Bytes {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.subarray(at, at + length));
  return each(pieces);
}

async function entries(bytes: Bytes): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const entry of readArchive(bytes)) found.push(entry);
  return found;
}

const archiveOf = (collections: Record<string, Uint8Array[]>) =>
  all(
    writeArchive(
      about,
      Object.entries(collections).map(([collection, documents]) => ({
        db: "app",
        collection,
        metadata,
        documents: each(documents),
      })),
    ),
  );

test("the checksum is the one that MongoDB's tools call CRC-64-ECMA", () => {
  const crc = new Crc64();
  for (const part of ["1234", "56789"]) crc.add(Buffer.from(part));
  // The check value of CRC-64/XZ in the catalogue of parametrised CRC algorithms.
  assert.equal(BigInt.asUintN(64, crc.value), 0x995dc9bbdf1939fan);
  assert.equal(new Crc64().value, 0n);
});

test("an archive gives back every document of every collection, in whatever pieces it comes", async () => {
  const document = fc
    .object({ values: [fc.string(), fc.integer(), fc.boolean()] })
    .map((it) => BSON.serialize(it));
  const collections = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.array(document), { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(collections, fc.integer({ min: 1, max: 200 }), async (given, length) => {
      const found = await entries(inPieces(await archiveOf(given), length));
      for (const [name, documents] of Object.entries(given)) {
        const there = found.flatMap((entry) =>
          entry.kind === "document" && entry.collection === name ? [entry.bytes.toString("hex")] : [],
        );
        assert.deepEqual(
          there,
          documents.map((bytes) => Buffer.from(bytes).toString("hex")),
        );
      }
    }),
    { numRuns: 50 },
  );
});

test("an archive that was changed or cut off anywhere is refused", async () => {
  const documents = [1, 2, 3].map((n) => BSON.serialize({ _id: n, text: `text ${n}` }));
  const archive = await archiveOf({ people: documents });
  for (let length = 1; length < archive.length; length++)
    await assert.rejects(entries(each([archive.subarray(0, length)])), `cut off at ${length}`);
  const at = archive.indexOf("text 2") + 5;
  const changed = Buffer.from(archive);
  changed.write("9", at);
  await assert.rejects(entries(each([changed])), /the checksum of app\.people differs/);
  await assert.rejects(entries(each([Buffer.from("PGDMP and more")])), /it is no MongoDB archive/);
});

test("a document serializes to the bytes it came from, whatever its keys and types", () => {
  const given = new Map<string, unknown>([
    ["b", 1],
    ["10", "a key that looks like a number"],
    ["2", new BSON.Double(3)],
    ["__proto__", "kept"],
    ["_id", new BSON.ObjectId()],
    ["list", [new BSON.Int32(1), new BSON.Double(1), new BSON.Long(1n), null, new Map([["1", 1]])]],
    ["when", new Date(0)],
    ["bytes", new BSON.Binary(Buffer.from([1, 2, 3]), 4)],
    ["expression", new BSON.BSONRegExp("^a", "i")],
    ["money", BSON.Decimal128.fromString("1.10")],
    ["stamp", new BSON.Timestamp({ t: 5, i: 6 })],
    ["code", new BSON.Code("f()", { x: 1 })],
    ["plain code", new BSON.Code("g()")],
    ["symbol", new BSON.BSONSymbol("s")],
    ["least", new BSON.MinKey()],
    ["most", new BSON.MaxKey()],
    [
      "reference",
      new Map<string, unknown>([
        ["$ref", "people"],
        ["$id", new BSON.ObjectId()],
        ["$db", "app"],
      ]),
    ],
    ["empty", new Map()],
    ["yes", true],
  ]);
  const bytes = Buffer.from(BSON.serialize(given));
  assert.equal(Buffer.from(BSON.serialize(exactDocument(bytes))).toString("hex"), bytes.toString("hex"));
});
