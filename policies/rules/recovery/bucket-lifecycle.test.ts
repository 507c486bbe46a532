import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { bucketLifecycle } from "./bucket-lifecycle.ts";

const bucket = (...lifecycleRules: unknown[]) => [resource(types.spacesBucket, { lifecycleRules })];
const old = (days: unknown) => ({ enabled: true, noncurrentVersionExpiration: { days } });

cases(bucketLifecycle, {
  good: {
    "versions that end": bucket(old(30)),
    "one rule among others": bucket({ enabled: true, expiration: { days: 1 }, prefix: "tmp/" }, old(90)),
  },
  bad: {
    "no rules": [[resource(types.spacesBucket)], "lifecycleRules", /for ever.*noncurrentVersionExpiration/],
    "a rule that is switched off": [bucket({ ...old(30), enabled: false }), "lifecycleRules", /for ever/],
    "a rule for a part": [bucket({ ...old(30), prefix: "logs/" }), "lifecycleRules", /for ever/],
    "versions that hardly end": [bucket(old(3000)), "lifecycleRules", /for 3000 days, and 365/],
  },
  unknown: { "the days": [bucket(old(unknown)), "lifecycleRules[0].noncurrentVersionExpiration.days"] },
});
