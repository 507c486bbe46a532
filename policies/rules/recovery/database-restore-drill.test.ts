import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseRestoreDrill } from "./database-restore-drill.ts";

const cluster = (engine: unknown) => [resource(types.databaseCluster, { engine })];
const drill = { on: "2026-10-01", by: "ops", evidence: "drills/2026-10-01.json" };

cases(databaseRestoreDrill, {
  stack: "prod",
  today: new Date("2026-11-24"),
  settings: { attestations: { drill } },
  good: { "a drill of last month": cluster("pg"), "a cache, which has no backups": cluster("valkey") },
  bad: {},
  unknown: { "the engine": [cluster(unknown), "engine"] },
});
cases(databaseRestoreDrill, {
  stack: "prod",
  today: new Date("2026-11-24"),
  settings: { attestations: { drill }, limits: { drillDays: 30 } },
  good: {},
  bad: {
    "one that is too old": [
      cluster("pg"),
      "",
      /no drill of it is newer than 30 days; the last of any was on 2026-10-01/,
    ],
  },
});
cases(databaseRestoreDrill, {
  stack: "prod",
  good: {},
  bad: { none: [cluster("pg"), "", /nothing says.*policies:evidence.*policies:attestations/] },
});

const named = (name: unknown) => [resource(types.databaseCluster, { engine: "pg", name })];
cases(databaseRestoreDrill, {
  stack: "prod",
  today: new Date("2026-11-24"),
  proofs: [
    { engine: "pg", from: "backup", clusterName: "shop", on: "2026-11-01" },
    { engine: "pg", from: "backup", clusterName: "old", on: "2026-01-01" },
  ],
  good: { "one that a drill has proved": named("shop"), "one whose name will be told": named(unknown) },
  bad: {
    "another cluster": [named("blog"), "", /no drill of it is newer than 90 days/],
    "one that was proved long ago": [named("old"), "", /no drill of it is newer/],
  },
});
