import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletAlerts } from "./droplet-alerts.ts";

const pool = resource(types.dropletAutoscale, { dropletTemplate: { tags: ["api"] } }, { name: "pool" });
const droplet = resource(types.droplet, {}, { name: "web" });
const metrics = ["cpu", "memory_utilization_percent", "disk_utilization_percent"];
const byTag = (tag: unknown) =>
  metrics.map((metric) =>
    resource(types.monitorAlert, { type: `v1/insights/droplet/${metric}`, tags: [tag] }, { name: metric }),
  );
const byId = metrics.map((metric) =>
  resource(
    types.monitorAlert,
    { type: `v1/insights/droplet/${metric}`, entities: [unknown] },
    { name: metric, refers: { entities: [droplet] } },
  ),
);

const tag = resource(types.tag, { name: "api" }, { name: "tag" });
const withMadeTag = resource(types.droplet, { tags: [unknown] }, { name: "made", refers: { tags: [tag] } });

cases(dropletAlerts, {
  stack: "prod",
  good: {
    "a droplet by a tag that the stack makes": [withMadeTag, tag, ...byTag("api")],
    "a pool by its tag": [pool, ...byTag("api")],
    "a droplet by its id": [droplet, ...byId],
  },
  bad: {
    none: [[droplet], "", /CPU, memory and disk.*MonitorAlert/],
    "another tag": [[pool, ...byTag("db")], "", /CPU, memory and disk/],
    "one missing": [[droplet, ...byId.slice(1)], "", /nobody hears of CPU\./],
  },
  unknown: {
    "a pool's tags": [
      [resource(types.dropletAutoscale, { dropletTemplate: { tags: unknown } }), ...byTag("api")],
      "dropletTemplate.tags",
    ],
  },
});
