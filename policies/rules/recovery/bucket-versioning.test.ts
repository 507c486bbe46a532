import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketVersioning } from "./bucket-versioning.ts";

const bucket = (inputs: object) => [resource(types.spacesBucket, { region: "fra1", ...inputs })];

cases(bucketVersioning, {
  good: { "versions that are kept": bucket({ versioning: { enabled: true } }) },
  bad: {
    "the default": [bucket({}), "versioning.enabled", /is gone.*enabled: true/],
    "versions switched off": [bucket({ versioning: { enabled: false } }), "versioning.enabled", /is gone/],
  },
  unknown: {
    "the switch": [bucket({ versioning: { enabled: unknown } }), "versioning.enabled"],
    "the block": [bucket({ versioning: unknown }), "versioning"],
  },
  mends: {
    "the default": [
      resource(types.spacesBucket, { region: "fra1" }),
      { region: "fra1", versioning: { enabled: true } },
    ],
  },
});
