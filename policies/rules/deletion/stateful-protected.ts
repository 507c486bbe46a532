import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/**
 * What can't be made again from the program: data, and addresses that others have written down. Nested changes have made Pulumi replace
 * clusters (pulumi-digitalocean#317), and a cluster takes its backups with it.
 */
const lost: Record<string, string> = {
  [types.vpc]: "and with it whatever is in it",
  [types.domain]: "and with it the records that others made in it",
};

export const statefulProtected: ResourceRule = {
  name: "stateful-protected",
  description: "What holds data is protected from being replaced or deleted.",
  group: "deletion safety",
  severity: "high",
  level: "mandatory",
  url: docs.protect,
  fix: "set the resource option `protect: true`",
  types: [types.databaseCluster, types.databaseDb, types.spacesBucket, types.volume, types.vpc, types.domain],
  check: (resource, report) => {
    if (!resource.options.protect && !resource.isRehearsed)
      report("", `an update may replace or delete it, ${lost[resource.type] ?? "and what it holds is gone"}`);
  },
};
