import { daysBetween } from "../../configuration.ts";
import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { keepsData } from "./database-dumps.ts";

/** A backup that nobody has restored is a hope. */
export const databaseRestoreDrill: StackRule = {
  name: "database-restore-drill",
  description: "In production, a backup was restored and checked a short time ago.",
  group: "backups and recovery",
  severity: "high",
  level: "advisory",
  only: "production",
  url: docs.databases,
  fix: "restore a backup beside production, check it, and say so in the settings (`policies:attestations`, `drill`)",
  limits: ["drillDays"],
  types: [types.databaseCluster],
  checkInStack: (cluster, report, { attestations, limits, today }) => {
    if (!keepsData.has(engineOf(cluster))) return;
    const { drill } = attestations;
    if (!drill) report("", "nobody says that its backups can be restored");
    else if (!(daysBetween(today, drill.on) >= -limits.drillDays))
      report("", `the last drill was on ${drill.on}, more than ${limits.drillDays} days ago`);
  },
};
