import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** Whoever reads and writes a bucket without a key for it does so with one for all buckets. */
export const bucketKey: StackRule = {
  name: "bucket-key",
  description: "There is a key for the bucket, and not only one for the account.",
  group: "access",
  severity: "medium",
  level: "advisory",
  references: ["CIS Services 5.2"],
  url: docs.spaces,
  fix: "add a `SpacesKey` with a grant on this bucket",
  types: [types.spacesBucket],
  checkInStack: (bucket, report, _settings, stack) => {
    if (stack.referring(bucket, "grants", [types.spacesKey], ["name", "id"]).length === 0)
      report("", "no key of the stack is for this bucket");
  },
};
