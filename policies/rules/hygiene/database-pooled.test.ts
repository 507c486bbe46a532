import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databasePooled } from "./database-pooled.ts";

const cluster = resource(types.databaseCluster, { engine: "pg" }, { name: "db" });
const pool = resource(
  types.databaseConnectionPool,
  { clusterId: unknown },
  { refers: { clusterId: [cluster] } },
);

cases(databasePooled, {
  good: {
    "one of which nothing is told": [resource(types.databaseCluster)],
    "a pool": [cluster, pool],
    "another engine": [resource(types.databaseCluster, { engine: "mongodb" })],
  },
  bad: { none: [[cluster], "", /use up its connections.*DatabaseConnectionPool/] },
  unknown: { "the engine": [[resource(types.databaseCluster, { engine: unknown })], "engine"] },
});
