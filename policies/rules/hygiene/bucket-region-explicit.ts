import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** The provider's default is New York, whatever the rest of the stack says. */
export const bucketRegionExplicit: ResourceRule = {
  name: "bucket-region-explicit",
  description: "A bucket's region is written down.",
  group: "hygiene",
  severity: "low",
  level: "advisory",
  url: docs.spaces,
  fix: "set `region`",
  types: [types.spacesBucket],
  check: (bucket, report) => {
    const region = bucket.get("region");
    if (!region.isGiven) report(region, "it lands in nyc3, the provider's default");
  },
};
