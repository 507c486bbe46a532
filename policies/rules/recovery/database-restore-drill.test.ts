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
  bad: { "one that is too old": [cluster("pg"), "", /was on 2026-10-01, more than 30 days ago/] },
});
cases(databaseRestoreDrill, {
  stack: "prod",
  good: {},
  bad: { none: [cluster("pg"), "", /nobody says.*policies:attestations/] },
});
