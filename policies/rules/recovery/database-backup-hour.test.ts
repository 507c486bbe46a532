import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseBackupHour } from "./database-backup-hour.ts";

const cluster = resource(types.databaseCluster, { engine: "pg" }, { name: "db" });
const config = (inputs: object) =>
  resource(
    types.databasePostgresqlConfig,
    { clusterId: unknown, ...inputs },
    { refers: { clusterId: [cluster] } },
  );

cases(databaseBackupHour, {
  good: {
    "one of which nothing is told": [resource(types.databaseCluster)],
    "a chosen hour": [cluster, config({ backupHour: 3 })],
    "one that will be known": [cluster, config({ backupHour: unknown })],
    "an engine that has no such choice": [resource(types.databaseCluster, { engine: "mongodb" })],
  },
  bad: {
    "no configuration": [[cluster], "", /platform chooses.*backupHour/],
    "one that says nothing of it": [[cluster, config({ timezone: "UTC" })], "", /platform chooses/],
  },
  unknown: { "the engine": [[resource(types.databaseCluster, { engine: unknown })], "engine"] },
});
