import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseAlerts } from "./database-alerts.ts";

const cluster = resource(types.databaseCluster, {}, { name: "db", outputs: { id: "9cc10173" } });
const metrics = ["cpu_alerts", "memory_utilization_alerts", "disk_utilization_alerts"];
const alerts = (entity: unknown, refers = {}) =>
  metrics.map((metric) =>
    resource(
      types.monitorAlert,
      { type: `v1/dbaas/alerts/${metric}`, entities: [entity] },
      { name: metric, refers },
    ),
  );

cases(databaseAlerts, {
  stack: "prod",
  good: {
    "by reference": [cluster, ...alerts(unknown, { entities: [cluster] })],
    "by its known id": [cluster, ...alerts("9cc10173")],
  },
  bad: {
    none: [[cluster], "", /CPU, memory and disk/],
    "another's": [[cluster, ...alerts("0000")], "", /CPU, memory and disk/],
  },
  unknown: {
    "whether an alert is on": [
      [cluster, resource(types.monitorAlert, { entities: ["9cc10173"], enabled: unknown })],
      "enabled",
    ],
  },
});
