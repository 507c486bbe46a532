import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const bucketForceDestroy: ResourceRule = {
  name: "bucket-force-destroy",
  description: "A bucket that holds something can't be deleted.",
  group: "deletion safety",
  severity: "high",
  level: "mandatory",
  references: ["DIG-0009"],
  url: docs.spaces,
  fix: "take `forceDestroy` out",
  types: [types.spacesBucket],
  check: (bucket, report) => {
    const force = bucket.get("forceDestroy");
    if (force.flag() === true && !bucket.isRehearsed)
      report(force, "a deletion empties the bucket first, old versions included");
  },
};
