import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** Updates move a cluster to another address and slow it down for a while: that should not be at noon. */
export const databaseMaintenanceWindow: ResourceRule = {
  name: "database-maintenance-window",
  description: "A database cluster has a window for its maintenance.",
  group: "backups and recovery",
  severity: "low",
  level: "advisory",
  url: docs.databases,
  fix: "set `maintenanceWindows` to a day and an hour at which few people work",
  types: [types.databaseCluster],
  check: (cluster, report) => {
    const windows = cluster.get("maintenanceWindows");
    if (!windows.isGiven) report(windows, "the platform chooses when it is updated");
  },
};
