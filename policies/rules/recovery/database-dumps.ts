import { docs } from "../../docs.ts";
import { engineOf, known, type Resource, type Stack, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { listed } from "../../text.ts";
import { isAttested, isProven, keepsData } from "./proven.ts";

/** The platform keeps backups for seven days, and destroys them with the cluster. */
export const databaseDumps: StackRule = {
  name: "database-dumps",
  description: "In production, dumps of a database are kept where its deletion does not reach.",
  group: "backups and recovery",
  severity: "high",
  level: "advisory",
  only: "production",
  url: docs.databases,
  fix: "dump it from a worker or a job into a versioned bucket in another region; what the stack does not show, attest (`policies:attestations`, `dumps`)",
  limits: ["drillDays"],
  types: [types.databaseCluster],
  checkInStack: (cluster, report, settings, stack) => {
    if (!keepsData.has(engineOf(cluster))) return;
    const { dumps } = settings.attestations;
    if (isAttested(dumps, settings) || isProven(cluster, ["dump"], settings)) return;
    const buckets = dumpersOf(cluster, stack).flatMap((dumper) => bucketsOf(dumper, stack));
    const faults = buckets.map((bucket) => faultsOf(bucket, cluster));
    if (faults.some((each) => each.length === 0)) return;
    const [fault] = faults;
    if (fault) report("", `its dumps are in a bucket that ${listed(fault)}`);
    else if (dumps)
      report("", `dumps were last attested on ${dumps.on}, more than ${settings.limits.drillDays} days ago`);
    else report("", "its backups go with it, and nothing says that there are dumps elsewhere");
  },
};

/** Says of something that it makes dumps: its own name, a component's, a command, a variable's name. */
const says = /(?<![a-z])(?:(?:pg_?|mongo|mysql)?dumps?|backups?)(?![a-z])/i;

/** What is used by a cluster's dumps: whatever uses the cluster or a part of it, and says that it makes dumps. */
function dumpersOf(cluster: Resource, stack: Stack): Resource[] {
  const kinds = [types.databaseUser, types.databaseDb, types.databaseConnectionPool, types.databaseReplica];
  const parts = [cluster, ...stack.referring(cluster, "clusterId", kinds, ["id"])];
  const users = new Set(parts.flatMap((part) => stack.users(part)));
  return [...users].filter(
    (user) =>
      !user.type.startsWith("digitalocean:index/database") &&
      [user.name, ...known(user.inputs)].some((text) => says.test(text)),
  );
}

/** The buckets that something uses, whoever's they are. */
function bucketsOf(dumper: Resource, stack: Stack): Resource[] {
  const used = stack.used(dumper).filter(({ type }) => /bucket(?:v2)?$/i.test(type));
  return [...new Set([...used, ...stack.having([types.spacesBucket], "name", known(dumper.inputs))])];
}

/** Why the loss of a cluster, or of its region, would reach a bucket. Of another platform's it is far enough. */
function faultsOf(bucket: Resource, cluster: Resource): string[] {
  if (bucket.type !== types.spacesBucket) return [];
  const [there, here] = [bucket.get("region").text(), cluster.get("region").text()];
  return [
    ...(bucket.get("versioning", "enabled").flag() === true ? [] : ["keeps no versions"]),
    ...(there?.toLowerCase() === here?.toLowerCase() ? ["is in the cluster's own region"] : []),
  ];
}
