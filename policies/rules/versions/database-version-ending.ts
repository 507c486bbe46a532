import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { engineEnd, nearness } from "./end-of-life.ts";

export const databaseVersionEnding: ResourceRule = {
  name: "database-version-ending",
  description: "A database's version has some time left.",
  group: "versions",
  severity: "medium",
  level: "advisory",
  url: docs.databases,
  fix: "raise `version` to a newer one; in place of Redis take Valkey",
  limits: ["endOfLifeDays"],
  types: [types.databaseCluster],
  check: (cluster, report, settings) => {
    const [engine, version] = [engineOf(cluster), cluster.get("version")];
    const last = engineEnd(engine, String(version.value ?? ""));
    if (last && nearness(last, settings) === "near")
      report(version, `support of this version of ${engine} ends on ${last}`);
  },
};
