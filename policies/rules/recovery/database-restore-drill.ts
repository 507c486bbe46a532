import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { isAttested, isProven, keepsData } from "./proven.ts";

/** A backup that nobody has restored is a hope. */
export const databaseRestoreDrill: StackRule = {
  name: "database-restore-drill",
  description: "In production, a backup was restored and checked a short time ago.",
  group: "backups and recovery",
  severity: "high",
  level: "advisory",
  only: "production",
  url: docs.databases,
  fix: "restore a backup beside production and check it; name the file that a drill writes (`policies:evidence`), or attest it (`policies:attestations`, `drill`)",
  limits: ["drillDays"],
  types: [types.databaseCluster],
  checkInStack: (cluster, report, settings) => {
    if (!keepsData.has(engineOf(cluster))) return;
    const { attestations, limits, proofs } = settings;
    const { drill } = attestations;
    if (isAttested(drill, settings) || isProven(cluster, ["backup", "dump"], settings)) return;
    const last = [drill?.on, ...proofs.map(({ on }) => on)]
      .filter((day) => day !== undefined)
      .sort()
      .at(-1);
    if (last === undefined) report("", "nothing says that its backups can be restored");
    else report("", `no drill of it is newer than ${limits.drillDays} days; the last of any was on ${last}`);
  },
};
