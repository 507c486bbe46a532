import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketRegionExplicit } from "./bucket-region-explicit.ts";

cases(bucketRegionExplicit, {
  good: {
    "one that says": [resource(types.spacesBucket, { region: "fra1" })],
    "one that will": [resource(types.spacesBucket, { region: unknown })],
  },
  bad: { "one that doesn't": [[resource(types.spacesBucket)], "region", /nyc3.*set `region`/] },
});
