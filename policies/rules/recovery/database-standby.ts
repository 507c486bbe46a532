import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** MongoDB comes with one node or three (DigitalOcean API, options). */
const wanted: Record<string, number> = { mongodb: 3, kafka: 3, opensearch: 3 };

/** A restore takes as long as the data is large; a standby takes over by itself. */
export const databaseStandby: ResourceRule = {
  name: "database-standby",
  description: "In production a database cluster survives the loss of a node.",
  group: "backups and recovery",
  severity: "high",
  level: "mandatory",
  only: "production",
  url: docs.databases,
  fix: "raise `nodeCount`: 2 or more, 3 for MongoDB",
  types: [types.databaseCluster],
  check: (cluster, report) => {
    const nodes = cluster.get("nodeCount");
    const least = wanted[engineOf(cluster)] ?? 2;
    if ((nodes.number() ?? 0) < least) report(nodes, `${nodes.number() ?? "no"} node, and nothing stands by`);
  },
};
