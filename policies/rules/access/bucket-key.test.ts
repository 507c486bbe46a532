import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketKey } from "./bucket-key.ts";

const bucket = resource(types.spacesBucket, { name: "documents" }, { name: "documents" });
const key = (of: unknown, ...refers: (typeof bucket)[]) =>
  resource(types.spacesKey, { grants: [{ bucket: of, permission: "read" }] }, { refers: { grants: refers } });

cases(bucketKey, {
  good: {
    "a key by the bucket's name": [bucket, key("documents")],
    "a key by reference, though the name is unknown": [
      resource(types.spacesBucket, { name: unknown }, { name: "documents" }),
      key(unknown, bucket),
    ],
  },
  bad: {
    "one of which nothing is told": [[resource(types.spacesBucket)], "", /no key of the stack is for thi/],
    none: [[bucket], "", /no key.*SpacesKey/],
    "another bucket's": [[bucket, key("assets")], "", /no key/],
  },
});
