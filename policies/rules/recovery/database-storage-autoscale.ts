import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** Engines whose storage can be sized apart from the plan (DigitalOcean API, `storage_size_mib`). */
const sizable = new Set(["pg", "mysql"]);

export const databaseStorageAutoscale: ResourceRule = {
  name: "database-storage-autoscale",
  description: "A database's disk grows before it is full.",
  group: "backups and recovery",
  severity: "medium",
  level: "advisory",
  url: docs.databases,
  fix: "set `storageAutoscale` with `enabled: true` and a threshold",
  types: [types.databaseCluster],
  check: (cluster, report) => {
    if (!sizable.has(engineOf(cluster))) return;
    const autoscale = cluster.get("storageAutoscale");
    if (autoscale.get("enabled").flag() !== true) report(autoscale, "a full disk would stop all writes");
  },
};
