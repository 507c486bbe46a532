import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { engineEnd, nearness } from "./end-of-life.ts";

export const databaseVersionSupported: ResourceRule = {
  name: "database-version-supported",
  description: "A database runs a version that is still maintained.",
  group: "versions",
  severity: "high",
  level: "mandatory",
  references: ["db-engine-supported-version"],
  url: docs.databases,
  fix: "raise `version` to a newer one; in place of Redis take Valkey",
  types: [types.databaseCluster],
  check: (cluster, report, settings) => {
    const [engine, version] = [engineOf(cluster), cluster.get("version")];
    const last = engineEnd(engine, String(version.value ?? ""));
    if (last && nearness(last, settings) === "over")
      report(version, `support of this version of ${engine} is over since ${last}`);
  },
};
