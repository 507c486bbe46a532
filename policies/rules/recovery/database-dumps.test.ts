import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseDumps } from "./database-dumps.ts";

const db = (engine: unknown) =>
  resource(types.databaseCluster, { engine, name: "shop", region: "fra1" }, { name: "db" });
const cluster = (engine: unknown) => [db(engine)];
const dumps = { on: "2026-10-01", by: "ops", evidence: "https://example.com/runs/7" };

const bucket = (inputs: object = {}) =>
  resource(
    types.spacesBucket,
    { name: "shop-dumps", region: "ams3", versioning: { enabled: true }, ...inputs },
    { name: "dumps" },
  );
/** A worker that has the cluster's address and the bucket's name. */
const worker = (key: string, value: unknown, to: ReturnType<typeof bucket>) =>
  resource(
    types.app,
    {
      spec: {
        workers: [
          {
            name: "operations",
            envs: [
              { key: "DATABASE_URL", value: unknown },
              { key, value },
            ],
          },
        ],
      },
    },
    { name: "operations", refers: { spec: value === unknown ? [db("pg"), to] : [db("pg")] } },
  );
const user = resource(
  types.databaseUser,
  { clusterId: unknown },
  { name: "dumper", refers: { clusterId: [db("pg")] } },
);
const elsewhere = resource("gcp:storage/bucket:Bucket", { location: "EU" }, { name: "far" });
const cronJob = resource(
  "kubernetes:batch/v1:CronJob",
  { spec: { jobTemplate: { name: "postgres-backup", env: [{ name: "PGPASSWORD", value: unknown }] } } },
  { name: "nightly", refers: { spec: [user, elsewhere] } },
);
const away = bucket();

cases(databaseDumps, {
  stack: "prod",
  good: {
    "a worker that dumps it into a bucket of another region": [
      ...cluster("pg"),
      worker("DUMPS_BUCKET", unknown, away),
      away,
    ],
    "one that names the bucket": [...cluster("pg"), worker("DUMPS_BUCKET", "shop-dumps", away), away],
    "a job elsewhere, with a user of the cluster's, to another platform": [
      ...cluster("pg"),
      user,
      cronJob,
      elsewhere,
    ],
    "a cache": cluster("valkey"),
  },
  bad: {
    "no word of them": [cluster("mongodb"), "", /nothing says.*attestations/],
    "a worker that says nothing of dumps": [
      [...cluster("pg"), worker("BUCKET", unknown, away), away].map((it) =>
        it.type === types.spacesBucket ? resource(it.type, it.inputs, { name: "files" }) : it,
      ),
      "",
      /nothing says/,
    ],
    "dumps beside the cluster, without versions": [
      [
        ...cluster("pg"),
        worker("DUMPS_BUCKET", unknown, away),
        bucket({ region: "FRA1", versioning: undefined }),
      ],
      "",
      /keeps no versions and is in the cluster's own region/,
    ],
  },
  unknown: {
    "the bucket's region": [
      [...cluster("pg"), worker("DUMPS", unknown, away), bucket({ region: unknown })],
      "region",
    ],
  },
});
cases(databaseDumps, {
  stack: "prod",
  today: new Date("2026-11-24"),
  settings: { attestations: { dumps } },
  good: { "dumps that somebody attests": cluster("pg") },
  bad: {},
  unknown: { "the engine": [cluster(unknown), "engine"] },
});
cases(databaseDumps, {
  stack: "prod",
  today: new Date("2026-11-24"),
  proofs: [{ engine: "pg", from: "dump", clusterName: "shop", on: "2026-11-01" }],
  good: { "a dump that a drill has restored": cluster("pg") },
  bad: { "a drill of another engine": [cluster("mongodb"), "", /nothing says/] },
});
cases(databaseDumps, {
  stack: "prod",
  today: new Date("2027-11-24"),
  settings: { attestations: { dumps } },
  good: {},
  bad: { "an old word": [cluster("pg"), "", /last attested on 2026-10-01/] },
});
