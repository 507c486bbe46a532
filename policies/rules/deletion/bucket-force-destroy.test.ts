import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketForceDestroy } from "./bucket-force-destroy.ts";

const bucket = (forceDestroy: unknown, options = {}) => [
  resource(types.spacesBucket, { forceDestroy }, options),
];

cases(bucketForceDestroy, {
  good: {
    "the default": bucket(undefined),
    "a bucket that stays": bucket(false),
    "a rehearsal's": bucket(true, { provider: { apiEndpoint: "http://127.0.0.1:1" } }),
  },
  bad: { "one that is emptied": [bucket(true), "forceDestroy", /empties the bucket.*take/] },
  unknown: { "the switch": [bucket(unknown), "forceDestroy"] },
});
