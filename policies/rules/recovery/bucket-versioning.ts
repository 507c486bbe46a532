import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** Spaces has no backups: an object that is overwritten or deleted is gone unless its versions are kept. */
export const bucketVersioning: ResourceRule = {
  name: "bucket-versioning",
  description: "A bucket keeps the versions of its objects.",
  group: "backups and recovery",
  severity: "medium",
  level: "mandatory",
  references: ["CKV_DIO_1", "DIG-0007", "spaces-bucket-versioning-enabled"],
  url: docs.spaces,
  fix: "set `versioning: { enabled: true }`",
  types: [types.spacesBucket],
  check: (bucket, report) => {
    const enabled = bucket.get("versioning", "enabled");
    if (enabled.flag() !== true) report(enabled, "what is overwritten or deleted is gone");
  },
  mend: (inputs) => {
    inputs.versioning = { enabled: true };
  },
};
