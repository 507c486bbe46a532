import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketObjectPrivate } from "./bucket-object-private.ts";

const bucket = resource(types.spacesBucket, { name: "assets" }, { name: "assets" });
const cdn = resource(types.cdn, { origin: unknown }, { refers: { origin: [bucket] } });
const object = (acl: unknown, of: unknown = "assets") =>
  resource(types.spacesBucketObject, { bucket: of, acl });

cases(bucketObjectPrivate, {
  good: {
    "a private object": [object("private"), bucket],
    "the default, which is private": [object(undefined), bucket],
    "a public file behind a CDN": [object("public-read"), bucket, cdn],
  },
  bad: {
    "a public file without one": [[object("public-read"), bucket], "acl", /"public-read" .* no CDN.*private/],
    "a public file in another bucket": [[object("public-read", "documents"), bucket, cdn], "acl", /no CDN/],
  },
  unknown: { "the access": [[object(unknown), bucket], "acl"] },
});
