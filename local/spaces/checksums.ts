import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";

/** The checksums that clients send along with content (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html). */

export interface Checksum {
  update(data: Uint8Array): void;
  /** Base64. */
  result(): string;
}

export const ALGORITHMS: Record<string, () => Checksum> = {
  crc32: () => {
    let value = 0;
    return {
      update(data) {
        value = crc32(data, value);
      },
      result: () => base64(value),
    };
  },
  crc32c: () => {
    let value = -1;
    return {
      update(data) {
        for (const byte of data) value = (CRC32C[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
      },
      result: () => base64(~value >>> 0),
    };
  },
  crc64nvme: () => {
    let high = -1;
    let low = -1;
    return {
      update(data) {
        for (const byte of data) {
          const at = (low ^ byte) & 0xff;
          low = ((low >>> 8) | (high << 24)) ^ (CRC64.low[at] ?? 0);
          high = (high >>> 8) ^ (CRC64.high[at] ?? 0);
        }
      },
      result: () => Buffer.concat([bytes(~high >>> 0), bytes(~low >>> 0)]).toString("base64"),
    };
  },
  sha1: () => digest(createHash("sha1")),
  sha256: () => digest(createHash("sha256")),
};

function digest(hash: Hash): Checksum {
  return { update: (data) => void hash.update(data), result: () => hash.digest("base64") };
}

function bytes(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}
const base64 = (value: number): string => bytes(value).toString("base64");

/** Castagnoli's polynomial, reflected. */
const CRC32C = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** NVMe's polynomial 0x9a6c9329ac4bc9b5, reflected, in halves: JavaScript counts bits by 32. */
const CRC64 = (() => {
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let [h, l] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) [h, l] = [h ^ 0x9a6c9329, l ^ 0xac4bc9b5];
    }
    high[byte] = h;
    low[byte] = l;
  }
  return { high, low };
})();
