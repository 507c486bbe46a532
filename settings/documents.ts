import { z } from "zod";
import { bucketImport, bucketName, bucketRegion, enabled, key } from "./buckets.ts";
import { integer } from "./kinds.ts";
import { field } from "./schema-kit.ts";

/** Settings of the private bucket. */
export const documents = z.strictObject({
  enabled,
  region: bucketRegion,
  name: bucketName("documents"),
  keepDeletedDays: field(integer(1, 3650), {
    description:
      "Days for which what was overwritten or deleted is kept: to undo a mistake, and until a person's documents are really gone.",
    default: 30,
  }),
  ...key,
  import: bucketImport,
});
