import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseDumps } from "./database-dumps.ts";

const cluster = (engine: unknown) => [resource(types.databaseCluster, { engine })];
const dumps = { on: "2026-10-01", by: "ops", evidence: "https://example.com/runs/7" };

cases(databaseDumps, {
  stack: "prod",
  today: new Date("2026-11-24"),
  settings: { attestations: { dumps } },
  good: { "dumps that somebody attests": cluster("pg"), "a cache": cluster("valkey") },
  bad: {},
  unknown: { "the engine": [cluster(unknown), "engine"] },
});
cases(databaseDumps, {
  stack: "prod",
  good: {},
  bad: { "no word of them": [cluster("mongodb"), "", /nobody says.*attestations/] },
});
cases(databaseDumps, {
  stack: "prod",
  today: new Date("2027-11-24"),
  settings: { attestations: { dumps } },
  good: {},
  bad: { "an old word": [cluster("pg"), "", /last attested on 2026-10-01/] },
});
