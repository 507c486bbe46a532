import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appComponentAlerts } from "./app-component-alerts.ts";

const all = ["CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT"].map((rule) => ({ rule, value: 80 }));
const app = (...services: unknown[]) => [resource(types.app, { spec: { services } })];

cases(appComponentAlerts, {
  stack: "prod",
  good: { "all three": app({ alerts: all }), "no services": [resource(types.app, { spec: { jobs: [{}] } })] },
  bad: {
    none: [app({}), "spec.services[0].alerts", /CPU_UTILIZATION, MEM_UTILIZATION and RESTART_COUNT.*alerts/],
    "one missing, in the second": [
      app({ alerts: all }, { alerts: all.slice(1) }),
      "spec.services[1].alerts",
      /of CPU/,
    ],
    "a worker's": [
      [resource(types.app, { spec: { workers: [{}] } })],
      "spec.workers[0].alerts",
      /nobody hears/,
    ],
  },
  unknown: { "all of a service's": [app({ alerts: unknown }), "spec.services[0].alerts"] },
});
