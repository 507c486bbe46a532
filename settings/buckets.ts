import { z } from "zod";
import { spacesRegions } from "../components/catalog.ts";
import { generation, keepPrevious } from "./generation.ts";
import { field } from "./schema-kit.ts";

/** Settings that the sections of both buckets have. */

export const enabled = field(z.boolean(), {
  description: "Whether there is such a bucket.",
  default: true,
  effect: "replaces",
});

export const bucketRegion = field(z.enum(spacesRegions).optional(), {
  description: "Region of Spaces. Without it, that of `region`: its own, and nyc3 for nyc1.",
  effect: "replaces",
});

export const bucketName = (suffix: string) =>
  field(
    z
      .string()
      .max(63)
      .regex(/^[a-z0-9][a-z0-9-]+[a-z0-9]$/)
      .optional(),
    {
      description: `Name of the bucket, unique on the whole platform, instead of \`<project.name>-<environment>-${suffix}-\` and eight random digits.`,
      effect: "replaces",
      allowed: "must be 3 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends",
    },
  );

/** The one key that reads and writes in a bucket. */
export const key = {
  keyGeneration: generation(
    "Raising it makes a new key, and deletes the old one when what uses it has the new one.",
  ),
  keepPreviousKey: keepPrevious("the key"),
};

export const bucketImport = field(
  z
    .string()
    .regex(/^[a-z]{3}\d,[a-z0-9][a-z0-9-]+[a-z0-9]$/)
    .optional(),
  {
    description: "`<region>,<name>` of an existing bucket that the stack takes over. It makes its own key.",
    allowed: "must be <region>,<name>",
  },
);
