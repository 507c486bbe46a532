import { createHash } from "node:crypto";
import { ALGORITHMS, type Checksum } from "./checksums.ts";
import { isStream, type Seal, unchunked } from "./chunks.ts";
import { SpacesError } from "./errors.ts";
import { UNSIGNED_PAYLOAD } from "./signature.ts";

/** The largest object or part that one request can carry (https://docs.digitalocean.com/products/spaces/details/limits/). */
const MAX_BYTES = 5 * 1024 ** 3;

const tooLarge = () =>
  new SpacesError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * The body of a request: its bytes as they arrive, without the chunks that they may travel in. Once the last has been given,
 * everything that the client says of them has been compared; whoever reads to the end without an error has them all.
 */
export class Payload implements AsyncIterable<Uint8Array> {
  /** What the client says the bytes are to have, and what they have: by algorithm in lower case, base64. */
  checksums: Record<string, string> = {};
  /** MD5 in hexadecimal, which is the ETag. */
  md5 = "";
  /** As it arrives. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly #headers: Headers;
  readonly #hash: string;
  readonly #seal: Seal | undefined;

  constructor(
    body: AsyncIterable<Uint8Array>,
    headers: Headers,
    payloadHash: string,
    seal: Seal | undefined,
  ) {
    this.body = body;
    this.#headers = headers;
    this.#hash = payloadHash;
    this.#seal = seal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const headers = this.#headers;
    const chunked = isStream(this.#hash);
    const announced = chunked ? headers["x-amz-decoded-content-length"] : headers["content-length"];
    const isOpen = announced === undefined && headers["transfer-encoding"] === "chunked";
    const expected = Number(announced ?? Number.NaN);
    if (Number.isNaN(expected) && !isOpen)
      throw new SpacesError("MissingContentLength", "You must provide the Content-Length HTTP header.");
    if (expected > MAX_BYTES) throw tooLarge();

    const trailers = new Map<string, string>();
    const bytes = chunked ? unchunked(this.body, this.#hash, this.#seal, trailers) : this.body;
    const sums = this.#algorithms();
    const md5 = createHash("md5");
    const sha256 = !chunked && this.#hash !== UNSIGNED_PAYLOAD ? createHash("sha256") : undefined;
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > expected) throw new SpacesError("IncompleteBody", "The body is longer than it says");
      if (size > MAX_BYTES) throw tooLarge();
      md5.update(chunk);
      sha256?.update(chunk);
      for (const sum of sums.values()) sum.update(chunk);
      yield chunk;
    }
    if (size < expected)
      throw new SpacesError(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
      );
    if (sha256 && sha256.digest("hex") !== this.#hash)
      throw new SpacesError(
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    this.md5 = md5.digest("hex");
    this.#compare(sums, trailers);
  }

  /** A small body as text. */
  async text(limit: number): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this) {
      size += chunk.length;
      if (size > limit) throw new SpacesError("EntityTooLarge", `The body is larger than ${limit} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }

  /** Those for which a header or an announced trailer has a value. */
  #algorithms(): Map<string, Checksum> {
    const announced = (this.#headers["x-amz-trailer"] ?? "")
      .toLowerCase()
      .split(",")
      .map((name) => name.trim());
    const named = [...Object.keys(this.#headers), ...announced].map(
      (name) => /^x-amz-checksum-(.+)$/.exec(name)?.[1] ?? "",
    );
    return new Map(
      named.flatMap((name): [string, Checksum][] => {
        const make = ALGORITHMS[name];
        return make ? [[name, make()]] : [];
      }),
    );
  }

  #compare(sums: Map<string, Checksum>, trailers: Map<string, string>): void {
    const given = this.#headers["content-md5"];
    if (given !== undefined && Buffer.from(given, "base64").length !== 16)
      throw new SpacesError("InvalidDigest", "The Content-MD5 you specified is not valid.");
    if (given !== undefined && Buffer.from(given, "base64").toString("hex") !== this.md5)
      throw new SpacesError("BadDigest", "The Content-MD5 you specified did not match what we received.");
    for (const [name, sum] of sums) {
      const header = `x-amz-checksum-${name}`;
      const wanted = this.#headers[header] ?? trailers.get(header);
      const result = sum.result();
      if (wanted !== result)
        throw new SpacesError(
          "BadDigest",
          `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
        );
      this.checksums[name] = result;
    }
  }
}
