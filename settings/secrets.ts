import { z } from "zod";
import { integer } from "./kinds.ts";
import { field } from "./schema-kit.ts";

/** Settings of one generated secret. */
export const generated = z.strictObject({
  generation: field(integer(1, 1_000_000), {
    description: "Raise it to make a new secret; whatever uses it follows in the same update.",
    default: 1,
    effect: "restarts",
  }),
  length: field(integer(32, 256), { description: "Letters and digits.", default: 64, effect: "restarts" }),
});
