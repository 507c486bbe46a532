import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseLogSink } from "./database-log-sink.ts";

const cluster = resource(types.databaseCluster, { engine: "pg" }, { name: "db" });
const sink = resource(
  types.databaseLogsinkRsyslog,
  { clusterId: unknown },
  { refers: { clusterId: [cluster] } },
);

cases(databaseLogSink, {
  stack: "prod",
  good: {
    "one of which nothing is told": [resource(types.databaseCluster)],
    "a sink": [cluster, sink],
    "an engine that has none": [resource(types.databaseCluster, { engine: "mongodb" })],
  },
  bad: { none: [[cluster], "", /short while.*DatabaseLogsinkRsyslog/] },
  unknown: { "the engine": [[resource(types.databaseCluster, { engine: unknown })], "engine"] },
});
