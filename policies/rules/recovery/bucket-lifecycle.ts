import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** Kept versions cost money and outlive a person's wish to be forgotten: they need an end. */
export const bucketLifecycle: ResourceRule = {
  name: "bucket-lifecycle",
  description: "A bucket deletes old versions of its objects, and uploads that were never finished.",
  group: "backups and recovery",
  severity: "medium",
  level: "mandatory",
  references: ["CIS Services 5.3"],
  url: docs.spaces,
  fix: "add an enabled rule for all objects to `lifecycleRules` with `noncurrentVersionExpiration`",
  limits: ["noncurrentDays"],
  types: [types.spacesBucket],
  check: (bucket, report, { limits }) => {
    const rules = bucket.get("lifecycleRules");
    const days: number[] = [];
    for (const rule of rules.items()) {
      if (rule.get("enabled").flag() !== true || rule.get("prefix").text()) continue;
      const { value } = rule.get("noncurrentVersionExpiration", "days");
      if (value !== undefined) days.push(Number(value));
    }
    const least = Math.min(...days);
    if (days.length === 0) report(rules, "old versions of objects are kept for ever");
    else if (!(least <= limits.noncurrentDays))
      report(rules, `old versions are kept for ${least} days, and ${limits.noncurrentDays} are allowed`);
  },
};
