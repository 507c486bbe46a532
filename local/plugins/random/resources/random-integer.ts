/** A random whole number from `min` to `max`, both included. Import it by `<result>,<min>,<max>`, `,<seed>` if it has one. */
import { createHash, randomInt } from "node:crypto";
import type { Failure } from "../../provider/check.ts";
import { integer, string } from "../../provider/schema.ts";
import { isCount, keepers, once } from "../once.ts";

export default once({
  properties: {
    keepers,
    min: integer({ required: true, replaces: true }),
    max: integer({ required: true, replaces: true }),
    /** The same seed gives the same number, though not the one that the official plugin makes of it. */
    seed: string({ replaces: true }),
    result: integer({ output: true }),
  },
  check: ({ min, max }): Failure[] =>
    isCount(min) && isCount(max) && min > max ? [{ property: "min", reason: "must not be above max" }] : [],
  make: ({ min, max, seed }) => {
    const least = Number(min);
    const span = Number(max) - least + 1;
    const result = least + (typeof seed === "string" ? seeded(seed, span) : randomInt(span));
    return { id: String(result), state: { result } };
  },
  adopt: (given) => {
    const [result, min, max, seed] = given.split(",");
    if (max === undefined) throw new Error("import a random integer by <result>,<min>,<max>");
    const state = { result: Number(result), min: Number(min), max: Number(max) };
    return { id: String(result), state: seed === undefined ? state : { ...state, seed } };
  },
});

/** Hashes until one falls below the greatest multiple of `span`, so that no number is likelier than another. */
function seeded(seed: string, span: number): number {
  const limit = 2 ** 48 - (2 ** 48 % span);
  for (let round = 0; ; round++) {
    const value = createHash("sha256").update(`${seed}/${round}`).digest().readUIntBE(0, 6);
    if (value < limit) return value % span;
  }
}
