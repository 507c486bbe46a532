import { daysBetween } from "../../configuration.ts";
import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** Engines that hold data worth keeping. */
export const keepsData = new Set(["pg", "mysql", "mongodb", "advanced_pg", "advanced_mysql"]);

/** The platform keeps backups for seven days, and destroys them with the cluster. */
export const databaseDumps: StackRule = {
  name: "database-dumps",
  description: "In production, dumps of a database are kept where its deletion does not reach.",
  group: "backups and recovery",
  severity: "high",
  level: "advisory",
  only: "production",
  url: docs.databases,
  fix: "dump the database into a versioned bucket, and say so in the settings (`policies:attestations`, `dumps`)",
  limits: ["drillDays"],
  types: [types.databaseCluster],
  checkInStack: (cluster, report, { attestations, limits, today }) => {
    if (!keepsData.has(engineOf(cluster))) return;
    const { dumps } = attestations;
    if (!dumps) report("", "its backups go with it, and nobody says that there are dumps elsewhere");
    else if (!(daysBetween(today, dumps.on) >= -limits.drillDays))
      report("", `dumps were last attested on ${dumps.on}, more than ${limits.drillDays} days ago`);
  },
};
