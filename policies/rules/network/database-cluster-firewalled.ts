import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** Without a firewall a cluster accepts everyone on its public host name: only password and TLS stand before the data. */
export const databaseClusterFirewalled: StackRule = {
  name: "database-cluster-firewalled",
  description: "Every database cluster and every replica has one firewall of its own.",
  group: "private networking",
  severity: "critical",
  level: "mandatory",
  references: [
    "db-firewall-configured",
    "db-not-internet-reachable",
    "database-databases-postgres-trusted-sources",
  ],
  url: docs.postgres,
  fix: "add one `DatabaseFirewall` whose `clusterId` is the cluster's id or the replica's `uuid`",
  types: [types.databaseCluster, types.databaseReplica],
  checkInStack: (database, report, _settings, stack) => {
    const firewalls = stack.referring(database, "clusterId", [types.databaseFirewall], ["id", "uuid"]);
    if (firewalls.length === 0) report("", "it has no firewall, so the internet reaches it");
    if (firewalls.length > 1)
      report("", `it has ${firewalls.length} firewalls, each of which overwrites the other's list`);
  },
};
