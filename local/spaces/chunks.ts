import { createHash, timingSafeEqual } from "node:crypto";
import { SpacesError } from "./errors.ts";
import { EMPTY_HASH, type Scope, scopeText, sha256, signText } from "./signature.ts";

/** The words that stand for a hash of the body when it travels in chunks (aws-chunked). */
const STREAMS: Record<string, { signed: boolean }> = {
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { signed: true },
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { signed: true },
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { signed: false },
};

export const isStream = (payloadHash: string): boolean => payloadHash in STREAMS;

/** What chunks are checked with. */
export interface Seal {
  readonly key: Buffer;
  readonly scope: Scope;
  /** The signature of the request's head; each chunk's signature builds on the one before. */
  readonly signature: string;
}

/** A chunk's head or a trailer line is never longer. */
const MAX_LINE = 16 * 1024;

/**
 * Takes a body in chunks apart while it arrives: gives its bytes and checks each chunk's signature where the stream is signed.
 * Trailers are put into `trailers`.
 *
 * @throws SpacesError IncompleteBody, SignatureDoesNotMatch
 */
export async function* unchunked(
  body: AsyncIterable<Uint8Array>,
  payloadHash: string,
  seal: Seal | undefined,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const check = STREAMS[payloadHash]?.signed ? checker(seal) : undefined;
  const source = new Source(body);
  for (;;) {
    const [, digits, signature = ""] =
      /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]+))?$/i.exec(await source.line()) ?? [];
    if (digits === undefined) throw incomplete("a chunk does not start with its size");
    const size = Number.parseInt(digits, 16);
    const hash = createHash("sha256");
    for (let left = size; left > 0; ) {
      const part = await source.upTo(left);
      hash.update(part);
      left -= part.length;
      yield part;
    }
    check?.("PAYLOAD", [EMPTY_HASH, hash.digest("hex")], signature);
    if (size === 0) break;
    if ((await source.line()) !== "") throw incomplete("a chunk is longer than it says");
  }
  await readTrailers(source, trailers, check);
}

async function readTrailers(source: Source, trailers: Map<string, string>, check?: Check): Promise<void> {
  let canonical = "";
  for (let line = await source.line(true); line !== ""; line = await source.line(true)) {
    const [name = "", value = ""] = line.split(/:(.*)/s);
    const header = name.trim().toLowerCase();
    if (header === "x-amz-trailer-signature") check?.("TRAILER", [sha256(canonical)], value.trim());
    else {
      canonical += `${header}:${value.trim()}\n`;
      trailers.set(header, value.trim());
    }
  }
}

type Check = (kind: "PAYLOAD" | "TRAILER", hashes: readonly string[], signature: string) => void;

function checker(seal: Seal | undefined): Check {
  if (!seal) throw new SpacesError("InvalidRequest", "A signed stream needs a signed request");
  let before = seal.signature;
  return (kind, hashes, signature) => {
    const { scope, key } = seal;
    const expected = signText(key, [
      `AWS4-HMAC-SHA256-${kind}`,
      scope.timestamp,
      scopeText(scope),
      before,
      ...hashes,
    ]);
    const [one, other] = [Buffer.from(expected), Buffer.from(signature)];
    if (one.length !== other.length || !timingSafeEqual(one, other))
      throw new SpacesError("SignatureDoesNotMatch", "The signature of a chunk of the body does not match");
    before = expected;
  };
}

const incomplete = (why: string) => new SpacesError("IncompleteBody", `The body is not whole: ${why}`);

/** Reads lines and bytes from what arrives in pieces of any size. */
class Source {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#pieces = body[Symbol.asyncIterator]();
  }

  /** At most `count` bytes, at least one. */
  async upTo(count: number): Promise<Buffer> {
    if (this.#rest.length === 0 && !(await this.#more())) throw incomplete("it ends within a chunk");
    const part = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  /** The next line without its end. With `orEnd` the body may be over, which is an empty line. */
  async line(orEnd = false): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#rest.toString("utf8", 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > MAX_LINE) throw incomplete("a line has no end");
      if (!(await this.#more())) {
        if (orEnd && this.#rest.length === 0) return "";
        throw incomplete("it ends within a line");
      }
    }
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#pieces.next();
    if (done) return false;
    this.#rest = this.#rest.length === 0 ? Buffer.from(value) : Buffer.concat([this.#rest, value]);
    return true;
  }
}
