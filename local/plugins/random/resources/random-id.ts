/** Random bytes as an identifier, in several spellings. Import it by its URL-safe base64, after `prefix,` if it has one. */
import { randomBytes } from "node:crypto";
import { between, integer, string } from "../../provider/schema.ts";
import type { Value, Values } from "../../provider/values.ts";
import { keepers, once } from "../once.ts";

const output = { output: true } as const;

function spelled(bytes: Buffer, prefix: Value | undefined) {
  const before = typeof prefix === "string" ? prefix : "";
  return {
    id: bytes.toString("base64url"),
    state: {
      b64Std: before + bytes.toString("base64"),
      b64Url: before + bytes.toString("base64url"),
      dec: before + BigInt(`0x${bytes.toString("hex")}`).toString(),
      hex: before + bytes.toString("hex"),
    },
  };
}

export default once({
  properties: {
    keepers,
    byteLength: integer({ required: true, replaces: true, check: between(1, 65536) }),
    prefix: string({ replaces: true }),
    b64Std: string(output),
    b64Url: string(output),
    dec: string(output),
    hex: string(output),
  },
  make: ({ byteLength, prefix }) => spelled(randomBytes(Number(byteLength)), prefix),
  adopt: (given) => {
    const end = given.lastIndexOf(",");
    const prefix: Values = end < 0 ? {} : { prefix: given.slice(0, end) };
    const bytes = Buffer.from(given.slice(end + 1), "base64url");
    const { id, state } = spelled(bytes, prefix.prefix);
    return { id, state: { ...state, ...prefix, byteLength: bytes.length } };
  },
});
