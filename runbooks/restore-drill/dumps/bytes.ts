/** Whatever delivers bytes in pieces: a process' output, a download, a generator. */
export type Bytes = AsyncIterable<Uint8Array>;

/** Takes bytes from pieces of any size by the number that is wanted. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: Bytes) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** The next `length` bytes, which stay as they are. @throws when the source ends before. */
  async take(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    if (!bytes) throw new Error("it ends too early");
    this.#held = this.#held.subarray(length);
    return bytes;
  }

  /** The next `length` bytes, left where they are; undefined at the end. */
  async peek(length: number): Promise<Buffer | undefined> {
    const pieces = [this.#held];
    let held = this.#held.length;
    while (held < length) {
      const { done, value } = await this.#pieces.next();
      if (done) break;
      pieces.push(Buffer.from(value.buffer, value.byteOffset, value.length));
      held += value.length;
    }
    if (pieces.length > 1) this.#held = Buffer.concat(pieces);
    if (this.#held.length >= length) return this.#held.subarray(0, length);
    if (this.#held.length > 0) throw new Error("it ends too early");
    return undefined;
  }
}
