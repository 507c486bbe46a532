import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketCorsPresent } from "./bucket-cors-present.ts";

const bucket = resource(types.spacesBucket, { name: "assets" }, { name: "assets" });
const cdn = resource(types.cdn, { origin: unknown }, { refers: { origin: [bucket] } });
const cors = resource(types.spacesBucketCorsConfiguration, { bucket: "assets" });

cases(bucketCorsPresent, {
  good: {
    "one of which nothing is told": [resource(types.spacesBucket)],
    "assets with their rules": [bucket, cdn, cors],
    "assets with the old field": [
      resource(types.spacesBucket, { corsRules: unknown }, { name: "assets" }),
      cdn,
    ],
    "a private bucket": [bucket],
  },
  bad: { "assets without": [[bucket, cdn], "", /to which sites.*SpacesBucketCorsConfiguration/] },
});
