// BSON (https://bsonspec.org/spec.html) as far as the cloud's own commands and their answers use it.

export type Value = string | number | bigint | boolean | null | Uint8Array | Value[] | Document;
export interface Document {
  [name: string]: Value;
}

/** Numbers become 32-bit integers. */
export function encode(document: Document): Buffer {
  const elements = Object.entries(document).map(([name, value]) => element(name, value));
  const body = Buffer.concat([...elements, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

function element(name: string, value: Value): Buffer {
  const [type, content] = encoded(value);
  return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), content]);
}

function encoded(value: Value): [type: number, content: Buffer] {
  if (typeof value === "string") {
    const text = Buffer.from(`${value}\0`);
    return [0x02, Buffer.concat([int32(text.length), text])];
  }
  if (typeof value === "number") return [0x10, int32(value)];
  if (typeof value === "boolean") return [0x08, Buffer.from([value ? 1 : 0])];
  if (value instanceof Uint8Array)
    return [0x05, Buffer.concat([int32(value.length), Buffer.from([0]), value])];
  if (Array.isArray(value)) return [0x04, encode(Object.fromEntries(value.entries()))];
  if (value === null) return [0x0a, Buffer.alloc(0)];
  if (typeof value === "object") return [0x03, encode(value)];
  throw new Error("64-bit integers are only read");
}

export function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
}

export const decode = (data: Buffer): Document => new Reader(data).document();

class Reader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  document(): Document {
    return Object.fromEntries(this.#elements());
  }

  #elements(): [string, Value][] {
    const elements: [string, Value][] = [];
    this.#take(4);
    for (let type = this.#take(1)[0]; type; type = this.#take(1)[0]) {
      const end = this.#data.indexOf(0, this.#at);
      const name = this.#take(end - this.#at).toString();
      this.#take(1);
      elements.push([name, this.#value(type)]);
    }
    return elements;
  }

  #value(type: number): Value {
    switch (type) {
      case 0x01:
        return this.#take(8).readDoubleLE();
      case 0x02:
        return this.#take(this.#take(4).readInt32LE()).toString("utf8").slice(0, -1);
      case 0x03:
        return this.document();
      case 0x04:
        return this.#elements().map(([, value]) => value);
      case 0x05: {
        const length = this.#take(4).readInt32LE();
        this.#take(1);
        return this.#take(length);
      }
      case 0x07:
        return this.#take(12);
      case 0x08:
        return this.#take(1)[0] === 1;
      case 0x09: // a time, in milliseconds
      case 0x11: // a timestamp
      case 0x12:
        return this.#take(8).readBigInt64LE();
      case 0x0a:
        return null;
      case 0x10:
        return this.#take(4).readInt32LE();
      default:
        throw new Error(`the server answers with a value of type ${type}`);
    }
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#data.length) throw new Error("the server's answer is cut short");
    this.#at += length;
    return this.#data.subarray(this.#at - length, this.#at);
  }
}
