import { SpacesError } from "./errors.ts";

/** A form that a browser sends (RFC 7578), read as it arrives: the fields, then the file. */
export interface Form {
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly filename: string;
  /** The bytes of the file. Fields behind it are passed over, as S3 does. */
  readonly file: AsyncIterable<Uint8Array>;
}

/** The fields before the file may have this many bytes together (S3's limit). */
const MAX_FIELDS = 20 * 1024;

const malformed = (why: string) => new SpacesError("MalformedPOSTRequest", `The body is no form: ${why}`);

/** @throws SpacesError where the form has no file */
export async function readForm(body: AsyncIterable<Uint8Array>, contentType: string): Promise<Form> {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^;,\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw malformed("its Content-Type names no boundary");
  const end = `\r\n--${boundary}`;
  const reader = new Reader(body);
  await reader.upTo(end, MAX_FIELDS);
  const fields = new Map<string, string>();
  for (let left = MAX_FIELDS; ; ) {
    if ((await reader.take(2)) === "--")
      throw new SpacesError("InvalidArgument", "POST requires exactly one file upload per request.");
    const head = (await reader.upTo("\r\n\r\n", MAX_FIELDS)).toString();
    const name = parameter(head, "name")?.toLowerCase();
    if (name === undefined) throw malformed("a part of it has no name");
    if (name === "file")
      return { fields, filename: parameter(head, "filename") ?? "", file: reader.fileUpTo(end) };
    const value = await reader.upTo(end, left);
    left -= value.length;
    fields.set(name, value.toString());
  }
}

/** Browsers write a quote in a name as %22. */
const parameter = (head: string, name: string): string | undefined =>
  new RegExp(`^content-disposition:.*[;\\s]${name}="([^"\\r\\n]*)"`, "im")
    .exec(`\r\n${head}`)?.[1]
    ?.replaceAll("%22", '"');

class Reader {
  readonly #source: AsyncIterator<Uint8Array>;
  /** The first delimiter has no line before it. */
  #held = Buffer.from("\r\n");

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#source = body[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<string> {
    while (this.#held.length < count) await this.#more();
    return this.#drop(count, 0).toString();
  }

  /** What stands before the mark; both are taken. */
  async upTo(mark: string, limit: number): Promise<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if ((at < 0 ? this.#held.length - mark.length : at) > limit)
        throw new SpacesError(
          "MaxPostPreDataLengthExceeded",
          `The fields are larger than ${MAX_FIELDS} bytes`,
        );
      if (at >= 0) return this.#drop(at, mark.length);
      await this.#more();
    }
  }

  async *fileUpTo(mark: string): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      const certain = at < 0 ? this.#held.length - mark.length : at;
      if (certain > 0) yield this.#drop(certain, 0);
      if (at >= 0) break;
      await this.#more();
    }
    for (let rest = await this.#source.next(); !rest.done; ) rest = await this.#source.next();
  }

  #drop(count: number, more: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count + more);
    return taken;
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#source.next();
    if (done) throw malformed("it ends early");
    this.#held = Buffer.concat([this.#held, value]);
  }
}
