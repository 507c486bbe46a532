import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** A key with `fullaccess` reads, writes and deletes every bucket of the account, and never expires. */
export const spacesKeyScoped: ResourceRule = {
  name: "spaces-key-scoped",
  description: "A Spaces key is for certain buckets.",
  group: "access",
  severity: "high",
  level: "mandatory",
  references: ["spaces-key-has-scoped-grants", "CIS Services 5.2"],
  url: docs.spaces,
  fix: "grant `read` or `readwrite` on one bucket after the other",
  types: [types.spacesKey],
  check: (key, report) => {
    const grants = key.get("grants");
    if (!grants.isGiven) report(grants, "the key has no grants, so it opens nothing or everything");
    grants.each((grant) => {
      const [bucket, permission] = [grant.get("bucket"), grant.get("permission")];
      if (permission.text() === "fullaccess") report(permission, "the key opens every bucket of the account");
      else if (!bucket.isGiven || (!bucket.isUnknown && bucket.text() === "*"))
        report(bucket, "the grant names no bucket");
    });
  },
};
