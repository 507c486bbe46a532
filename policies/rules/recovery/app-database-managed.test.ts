import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appDatabaseManaged } from "./app-database-managed.ts";

const app = (...databases: unknown[]) => [resource(types.app, { spec: { databases } })];

cases(appDatabaseManaged, {
  stack: "prod",
  good: {
    "a managed cluster": app({ production: true, clusterName: "db" }),
    "no database of its own": [resource(types.app, { spec: {} })],
  },
  bad: {
    "a development database": [
      app({ production: false }),
      "spec.databases[0].production",
      /no backups.*production: true/,
    ],
    "the default": [app({ engine: "PG" }), "spec.databases[0].production", /no backups/],
  },
  unknown: { "the switch": [app({ production: unknown }), "spec.databases[0].production"] },
});
