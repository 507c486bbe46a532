import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { entryUptimeChecked } from "./entry-uptime-checked.ts";

const app = resource(types.app, { spec: { services: [{}] } }, { name: "api" });
const balancer = resource(types.loadBalancer, {}, { name: "lb" });
const check = (inputs: object) => resource(types.uptimeCheck, { target: unknown, ...inputs });

cases(entryUptimeChecked, {
  stack: "prod",
  good: {
    "an app that is checked": [app, check({ type: "https" })],
    "the default kind": [balancer, check({})],
    "an app nobody comes in by": [resource(types.app, { spec: { jobs: [{}] } })],
    "an app on this machine": [
      resource(
        types.app,
        { spec: { services: [{}] } },
        { provider: { apiEndpoint: "http://127.0.0.1:7480" } },
      ),
    ],
    "an internal balancer": [resource(types.loadBalancer, { network: "INTERNAL" })],
  },
  bad: {
    "an app without": [[app], "", /from outside.*UptimeCheck/],
    "a balancer with a ping only": [[balancer, check({ type: "ping" })], "", /from outside/],
    "a check that is off": [[app, check({ enabled: false })], "", /from outside/],
  },
  unknown: { "the kind of check": [[app, check({ type: unknown })], "type"] },
});
