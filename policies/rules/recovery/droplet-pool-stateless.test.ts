import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletPoolStateless } from "./droplet-pool-stateless.ts";

const pool = (dropletTemplate: unknown) => [resource(types.dropletAutoscale, { dropletTemplate })];

cases(dropletPoolStateless, {
  good: {
    "one that says so": pool({ tags: ["api", "stateless"] }),
    "one that says so by a tag of its own": pool({ tags: ["shop-prod:stateless"] }),
  },
  bad: {
    "another tag": [pool({ tags: ["api"] }), "dropletTemplate.tags", /can be lost.*stateless/],
    "no tags": [pool({}), "dropletTemplate.tags", /can be lost/],
  },
  unknown: { "the tags": [pool({ tags: unknown }), "dropletTemplate.tags"] },
});
