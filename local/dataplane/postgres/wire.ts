/** PostgreSQL's messages (https://www.postgresql.org/docs/17/protocol-message-formats.html), as far as a pooler minds them. */

/** A message, or a piece of one that is too large to be held: `type` is with the first piece only. */
export interface Piece {
  readonly type?: string;
  /** As it came, header included. */
  readonly bytes: Buffer;
}

/** Messages up to this size come whole. All that a pooler looks into are far smaller. */
const WHOLE = 64 * 1024;
const HEADER = 5;

/** Cuts a stream into messages. */
export class Messages {
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes that are still to come of a message that goes through in pieces. */
  #open = 0;

  *read(chunk: Buffer): Generator<Piece> {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    while (data.length > 0) {
      if (this.#open > 0) {
        const bytes = data.subarray(0, this.#open);
        this.#open -= bytes.length;
        data = data.subarray(bytes.length);
        yield { bytes };
        continue;
      }
      if (data.length < HEADER) break;
      const size = data.readUInt32BE(1) + 1;
      if (size < HEADER) throw new Error("not PostgreSQL's protocol");
      if (data.length < size && size <= WHOLE) break;
      const bytes = data.subarray(0, size);
      this.#open = size - bytes.length;
      data = data.subarray(bytes.length);
      yield { type: String.fromCharCode(bytes[0] ?? 0), bytes };
    }
    this.#rest = data;
  }
}

export function message(type: string, ...fields: ReadonlyArray<Buffer | string | number>): Buffer {
  const body = fields.map((field) =>
    typeof field === "string" ? text(field) : typeof field === "number" ? int(field) : field,
  );
  const size = body.reduce((sum, field) => sum + field.length, 4);
  return Buffer.concat([Buffer.from(type, "latin1"), int(size), ...body]);
}

/** Ended by a zero byte. */
const text = (value: string) => Buffer.from(`${value}\0`);

export function int(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

/** An error that ends the connection. `code`: SQLSTATE. */
export const fatal = (code: string, reason: string): Buffer =>
  message("E", "SFATAL", "VFATAL", `C${code}`, `M${reason}`, Buffer.from([0]));

/** The fields of a text message that are each ended by a zero byte. */
export const texts = (body: Buffer): string[] => body.toString().split("\0").slice(0, -1);

/** The first message of a connection: it has no type. */
export function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const fields = Object.entries(parameters).flatMap(([name, value]) => [text(name), text(value)]);
  return message("", int(PROTOCOL), ...fields, Buffer.from([0]));
}

export const PROTOCOL = 3 << 16;
export const CANCEL = 80877102;
export const TLS = 80877103;
export const GSS = 80877104;
