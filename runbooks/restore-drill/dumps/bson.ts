import { BSON } from "mongodb";

const exact = { promoteValues: false, bsonRegExp: true } as const;

/**
 * A document as values that serialize to the bytes they came from. Maps instead of objects: an object would put keys that
 * look like numbers first, and a document's order is part of it. Of the types that MongoDB itself has given up,
 * `undefined` becomes null and a DBPointer becomes a DBRef.
 */
export function exactDocument(bytes: Buffer): Map<string, unknown> {
  return new Map(elements(bytes));
}

function* elements(bytes: Buffer): Generator<[string, unknown]> {
  const end = bytes.readInt32LE() - 1;
  for (let at = 4; at < end; ) {
    const type = bytes.readUInt8(at);
    const nameEnd = bytes.indexOf(0, at + 1);
    const name = bytes.toString("utf8", at + 1, nameEnd);
    const start = nameEnd + 1;
    at = start + sizeOf(type, bytes, start);
    yield [name, valueAs(type, bytes.subarray(start, at))];
  }
}

function valueAs(type: number, bytes: Buffer): unknown {
  if (type === 0x03) return exactDocument(bytes);
  if (type === 0x04) return [...elements(bytes)].map(([, value]) => value);
  // The one element in a document of its own, for the driver to read.
  const alone = Buffer.alloc(bytes.length + 8);
  alone.writeInt32LE(alone.length);
  alone.writeUInt8(type, 4);
  alone.write("v", 5);
  bytes.copy(alone, 7);
  return BSON.deserialize(alone, exact).v;
}

/** Bytes of a value, by its type: bsonspec.org, version 1.1. */
function sizeOf(type: number, bytes: Buffer, at: number): number {
  switch (type) {
    case 0x06: // undefined
    case 0x0a: // null
    case 0x7f: // max key
    case 0xff: // min key
      return 0;
    case 0x08: // boolean
      return 1;
    case 0x10: // int32
      return 4;
    case 0x01: // double
    case 0x09: // date
    case 0x11: // timestamp
    case 0x12: // int64
      return 8;
    case 0x07: // object id
      return 12;
    case 0x13: // decimal128
      return 16;
    case 0x03: // document
    case 0x04: // array
    case 0x0f: // code with scope
      return bytes.readInt32LE(at);
    case 0x02: // string
    case 0x0d: // code
    case 0x0e: // symbol
      return 4 + bytes.readInt32LE(at);
    case 0x0c: // DBPointer
      return 4 + bytes.readInt32LE(at) + 12;
    case 0x05: // binary
      return 5 + bytes.readInt32LE(at);
    case 0x0b: // regular expression
      return bytes.indexOf(0, bytes.indexOf(0, at) + 1) + 1 - at;
    default:
      throw new Error(`BSON has no type ${type}`);
  }
}
