import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** The provider never reads the access back, so only what is written down can be compared with anything. */
export const bucketAclExplicit: ResourceRule = {
  name: "bucket-acl-explicit",
  description: "A bucket's access is written down.",
  group: "access",
  severity: "low",
  level: "advisory",
  references: ["CIS Services 5.1"],
  url: docs.spaces,
  fix: 'set `acl: "private"`',
  types: [types.spacesBucket],
  check: (bucket, report) => {
    const acl = bucket.get("acl");
    if (!acl.isGiven) report(acl, "who may read it is left to the default");
  },
  mend: (inputs) => {
    inputs.acl ??= "private";
  },
};
