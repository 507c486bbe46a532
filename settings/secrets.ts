import { z } from "zod";
import { generation } from "./generation.ts";
import { integer } from "./kinds.ts";
import { field } from "./schema-kit.ts";

/** Settings of one generated secret. */
export const generated = z.strictObject({
  generation: generation("Raise it to make a new secret; whatever uses it follows in the same update."),
  keepPrevious: field(z.boolean(), {
    description: "Give the product the secret before it as well, with `_PREVIOUS` after its name.",
    default: false,
    effect: "restarts",
  }),
  length: field(integer(32, 256), { description: "Letters and digits.", default: 64, effect: "restarts" }),
});
