/**
 * CRC-64/XZ, which MongoDB's tools call CRC-64-ECMA: the check at the end of each collection in their archives. In two
 * halves of 32 bits, since bitwise operators have no more.
 */
const [high, low] = tables();

/** A running checksum: `add` bytes, read `value`. */
export class Crc64 {
  #high = ~0;
  #low = ~0;

  add(bytes: Uint8Array): void {
    let [h, l] = [this.#high, this.#low];
    for (const byte of bytes) {
      const index = (l ^ byte) & 0xff;
      l = ((l >>> 8) | (h << 24)) ^ (low[index] ?? 0);
      h = (h >>> 8) ^ (high[index] ?? 0);
    }
    [this.#high, this.#low] = [h, l];
  }

  /** As the signed number that a BSON int64 holds. */
  get value(): bigint {
    return BigInt.asIntN(64, (BigInt(~this.#high >>> 0) << 32n) | BigInt(~this.#low >>> 0));
  }
}

function tables(): [Int32Array, Int32Array] {
  const reflected = 0xc96c5795d7870f42n;
  const [h, l] = [new Int32Array(256), new Int32Array(256)];
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ reflected : crc >> 1n;
    h[byte] = Number(BigInt.asIntN(32, crc >> 32n));
    l[byte] = Number(BigInt.asIntN(32, crc));
  }
  return [h, l];
}
