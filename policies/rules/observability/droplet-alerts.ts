import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { listed } from "../../text.ts";
import { unwatched } from "./alerts-on.ts";

/** Types of alerts: DigitalOcean API, monitoring alert policies. */
const wanted = {
  CPU: /droplet\/cpu$/,
  memory: /droplet\/memory_utilization_percent$/,
  disk: /droplet\/disk_utilization_percent$/,
};

export const dropletAlerts: StackRule = {
  name: "droplet-alerts",
  description: "Droplets in production tell when they run out of CPU, memory or disk.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.monitoring,
  fix: "add a `MonitorAlert` for each",
  types: [types.droplet, types.dropletAutoscale],
  checkInStack: (watched, report, _settings, stack) => {
    const missing = unwatched(watched, wanted, stack);
    if (missing.length > 0) report("", `nobody hears of ${listed(missing)}`);
  },
};
