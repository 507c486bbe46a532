import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** MongoDB takes no sink that the provider knows. */
const forwards = new Set(["pg", "mysql", "opensearch", "kafka", "valkey", "redis"]);

export const databaseLogSink: StackRule = {
  name: "database-log-sink",
  description: "In production the logs of a database are kept elsewhere.",
  group: "observability",
  severity: "low",
  level: "advisory",
  only: "production",
  url: docs.databases,
  fix: "add a `DatabaseLogsinkRsyslog` or `DatabaseLogsinkOpensearch` for the cluster",
  types: [types.databaseCluster],
  checkInStack: (cluster, report, _settings, stack) => {
    if (!forwards.has(engineOf(cluster))) return;
    const kinds = [types.databaseLogsinkRsyslog, types.databaseLogsinkOpensearch];
    if (stack.referring(cluster, "clusterId", kinds, ["id"]).length === 0)
      report("", "who connected and what was slow is known for a short while only");
  },
};
