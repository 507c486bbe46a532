import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { shown } from "../../text.ts";

/** On a bucket, public-read opens the listing: everyone sees what there is. Public files are served through a CDN. */
export const bucketPrivate: ResourceRule = {
  name: "bucket-private",
  description: "A bucket is private.",
  group: "access",
  severity: "critical",
  level: "mandatory",
  references: [
    "CKV_DIO_3",
    "DIG-0006",
    "spaces-bucket-not-publicly-readable",
    "spaces-bucket-not-publicly-writable",
    "spaces-bucket-not-authenticated-readable",
    "spaces-buckets-public-read",
    "spaces-buckets-public-write",
    "CIS Services 5.4",
  ],
  url: docs.spaces,
  fix: 'set `acl: "private"`, and serve public files through a `Cdn`',
  types: [types.spacesBucket],
  check: (bucket, report) => {
    const acl = bucket.get("acl");
    if (!acl.isAbsent && acl.text() !== "private") report(acl, `the bucket is ${shown(acl.value)}`);
  },
  mend: (inputs) => {
    inputs.acl = "private";
  },
};
