import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletMonitoring } from "./droplet-monitoring.ts";

const pool = (dropletTemplate: unknown) => [resource(types.dropletAutoscale, { dropletTemplate })];

cases(dropletMonitoring, {
  good: {
    "a droplet with the agent": [resource(types.droplet, { monitoring: true })],
    "a pool with the agent": pool({ withDropletAgent: true }),
  },
  bad: {
    "a droplet without": [
      [resource(types.droplet, { monitoring: false })],
      "monitoring",
      /memory.*monitoring: true/,
    ],
    "the default": [[resource(types.droplet)], "monitoring", /nobody sees/],
    "a pool without": [pool({}), "dropletTemplate.withDropletAgent", /nobody sees/],
  },
  unknown: { "the switch": [[resource(types.droplet, { monitoring: unknown })], "monitoring"] },
});
