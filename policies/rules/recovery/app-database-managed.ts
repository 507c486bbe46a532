import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const appDatabaseManaged: ResourceRule = {
  name: "app-database-managed",
  description: "In production an app uses a managed cluster, not a development database.",
  group: "backups and recovery",
  severity: "high",
  level: "mandatory",
  only: "production",
  url: docs.apps,
  fix: "set `production: true` and the `clusterName` of a managed cluster",
  types: [types.app],
  check: (app, report) =>
    app.get("spec", "databases").each((database) => {
      const production = database.get("production");
      if (production.flag() !== true)
        report(production, "a development database has no backups and no standby");
    }),
};
