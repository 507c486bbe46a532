import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const bucketCorsNarrow: ResourceRule = {
  name: "bucket-cors-narrow",
  description: "Only sites by their name may use a bucket from a browser.",
  group: "access",
  severity: "medium",
  level: "mandatory",
  references: ["spaces-bucket-cors-no-wildcard-origin"],
  url: docs.spaces,
  fix: "list the origins that need it, such as `https://www.example.com`",
  types: [types.spacesBucketCorsConfiguration, types.spacesBucket],
  check: (resource, report) =>
    resource.get("corsRules").each((rule) =>
      rule.get("allowedOrigins").each((origin) => {
        if (origin.text()?.includes("*")) report(origin, "any site whose name fits may use the bucket");
      }),
    ),
};
