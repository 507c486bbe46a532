import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** The hour of the daily backup is the hour of the recovery point; PostgreSQL's can be chosen. */
export const databaseBackupHour: StackRule = {
  name: "database-backup-hour",
  description: "The hour of a PostgreSQL cluster's daily backup is chosen.",
  group: "backups and recovery",
  severity: "low",
  level: "advisory",
  url: docs.databases,
  fix: "add a `DatabasePostgresqlConfig` for the cluster with `backupHour`",
  types: [types.databaseCluster],
  checkInStack: (cluster, report, _settings, stack) => {
    if (engineOf(cluster) !== "pg") return;
    const configs = stack.referring(cluster, "clusterId", [types.databasePostgresqlConfig], ["id"]);
    if (!configs.some((config) => config.get("backupHour").isGiven))
      report("", "the platform chooses when it is backed up");
  },
};
