import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appLogForwarding } from "./app-log-forwarding.ts";

const app = (...services: unknown[]) => [resource(types.app, { spec: { services } })];

cases(appLogForwarding, {
  stack: "prod",
  good: {
    "logs that are kept": app({ logDestinations: [{ name: "logs", papertrail: { endpoint: "a:1" } }] }),
    "a place that will be known": app({ logDestinations: unknown }),
    "no components": [resource(types.app, { spec: {} })],
  },
  bad: { "logs that are not": [app({}), "spec.services[0].logDestinations", /is gone.*logDestinations/] },
  unknown: { "the services": [[resource(types.app, { spec: { services: unknown } })], "spec.services"] },
});
