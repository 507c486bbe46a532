import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { shown } from "../../text.ts";

/** Two classes of buckets: public assets behind a CDN, and private ones. Only in the first may an object be public. */
export const bucketObjectPrivate: StackRule = {
  name: "bucket-object-private",
  description: "An object is public only in a bucket that is served through a CDN.",
  group: "access",
  severity: "critical",
  level: "mandatory",
  references: ["DIG-0006", "CIS Services 5.5"],
  url: docs.spaces,
  fix: 'set `acl: "private"`, or put a `Cdn` before a bucket that holds nothing but public files',
  types: [types.spacesBucketObject],
  checkInStack: (object, report, _settings, stack) => {
    const acl = object.get("acl");
    if (acl.isAbsent || acl.text() === "private") return;
    const buckets = stack
      .of(types.spacesBucket)
      .filter((bucket) => stack.referring(bucket, "bucket", [object.type], ["name", "id"]).includes(object));
    const served = buckets.some(
      (bucket) => stack.referring(bucket, "origin", [types.cdn], ["bucketDomainName"]).length > 0,
    );
    if (!served) report(acl, `the object is ${shown(acl.value)} in a bucket that no CDN serves`);
  },
};
