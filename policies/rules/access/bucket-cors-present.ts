import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** Fonts and modules from another host need it. A private bucket needs none: nothing in a browser talks to it by itself. */
export const bucketCorsPresent: StackRule = {
  name: "bucket-cors-present",
  description: "A bucket of public assets says which sites may use it from a browser.",
  group: "access",
  severity: "low",
  level: "advisory",
  references: ["spaces-buckets-cors", "CIS Services 5.6"],
  url: docs.spaces,
  fix: "add a `SpacesBucketCorsConfiguration` for the bucket",
  types: [types.spacesBucket],
  checkInStack: (bucket, report, _settings, stack) => {
    const isServed = stack.referring(bucket, "origin", [types.cdn], ["bucketDomainName"]).length > 0;
    if (!isServed || bucket.get("corsRules").isGiven) return;
    if (stack.referring(bucket, "bucket", [types.spacesBucketCorsConfiguration], ["name", "id"]).length === 0)
      report("", "a CDN serves it, and nothing says to which sites");
  },
};
