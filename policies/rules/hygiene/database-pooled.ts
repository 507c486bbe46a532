import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** PostgreSQL has 25 connections per GB of memory, and a process for each. What needs its own (LISTEN, long transactions) goes past the pool. */
export const databasePooled: StackRule = {
  name: "database-pooled",
  description: "A PostgreSQL cluster has a pool of connections.",
  group: "hygiene",
  severity: "low",
  level: "advisory",
  references: ["database-databases-postgres-connection-pools"],
  url: docs.postgres,
  fix: "add a `DatabaseConnectionPool` for the cluster",
  types: [types.databaseCluster],
  checkInStack: (cluster, report, _settings, stack) => {
    if (engineOf(cluster) !== "pg") return;
    if (stack.referring(cluster, "clusterId", [types.databaseConnectionPool], ["id"]).length === 0)
      report("", "a few more processes of the product use up its connections");
  },
};
