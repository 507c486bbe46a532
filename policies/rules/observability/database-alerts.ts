import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { listed } from "../../text.ts";
import { unwatched } from "./alerts-on.ts";

/** Types of alerts: DigitalOcean API, monitoring alert policies. */
const wanted = {
  CPU: /alerts\/cpu_alerts$/,
  memory: /alerts\/memory_utilization_alerts$/,
  disk: /alerts\/disk_utilization_alerts$/,
};

export const databaseAlerts: StackRule = {
  name: "database-alerts",
  description: "A database in production tells when it runs out of CPU, memory or disk.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.databases,
  fix: "add a `MonitorAlert` for each",
  types: [types.databaseCluster],
  checkInStack: (watched, report, _settings, stack) => {
    const missing = unwatched(watched, wanted, stack);
    if (missing.length > 0) report("", `nobody hears of ${listed(missing)}`);
  },
};
