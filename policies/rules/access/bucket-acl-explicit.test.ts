import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketAclExplicit } from "./bucket-acl-explicit.ts";

const bucket = (inputs: object) => [resource(types.spacesBucket, { name: "documents", ...inputs })];

cases(bucketAclExplicit, {
  good: { "one that says": bucket({ acl: "private" }), "one that will say": bucket({ acl: unknown }) },
  bad: { "one that doesn't": [bucket({}), "acl", /left to the default.*private/] },
  mends: { "the default": [resource(types.spacesBucket, { name: "a" }), { name: "a", acl: "private" }] },
});
