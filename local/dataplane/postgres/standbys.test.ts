import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../testing.ts";
import { connectTo, postgresCluster, query, serverOf } from "./testing.ts";

const cluster = postgresCluster({ nodes: 2 });
await cluster.apply();
await query(cluster, "create table t (n int primary key)");

const primaryPid = (): number => {
  const { primary } = JSON.parse(readFileSync(join(cluster.folder, "cluster.json"), "utf8"));
  return JSON.parse(readFileSync(join(cluster.folder, "17", String(primary), "postgres.pid.json"), "utf8"))
    .pid;
};
const followers = async () =>
  (
    await serverOf(cluster).inside((client) =>
      client.query<{ state: string }>(
        "select sync_state as state from pg_stat_replication where application_name ~ '^\\d$'",
      ),
    )
  ).rows.map(({ state }) => state);

test("a commit is acknowledged when a standby has it too", async () => {
  assert.deepEqual(await followers(), ["quorum"]);
});

test("the standby takes over with all that was acknowledged, replicas follow it, and it gets a standby again", async () => {
  const replica = postgresCluster({ source: { kind: "replica", cluster: cluster.spec.id } }, [cluster]);
  await replica.apply();
  await assert.rejects(query(replica, "create table own ()"), { code: "25006" });

  const acknowledged: number[] = [];
  const client = await connectTo(cluster);
  const writing = (async () => {
    for (let n = 0; ; n++) {
      await client.query("insert into t values ($1)", [n]);
      acknowledged.push(n);
    }
  })().catch(() => {});
  await until(() => acknowledged.length >= 50);
  const before = primaryPid();
  process.kill(before, "SIGKILL");
  await writing;
  await until(() =>
    query(cluster, "insert into t values (-1)").then(
      () => true,
      () => false,
    ),
  );
  assert.notEqual(primaryPid(), before);
  const rows = await query<{ n: number }>(cluster, "select n from t");
  const kept = new Set(rows.map(({ n }) => n));
  assert.deepEqual(
    acknowledged.filter((n) => !kept.has(n)),
    [],
  );
  await until(async () => (await followers())[0] === "quorum");
  await until(async () => (await query(replica, "select from t where n = -1")).length === 1);

  // Promoted, as the platform does it: it comes again without a source.
  const { source: _, ...own } = replica.spec;
  replica.spec = own;
  await replica.apply();
  await query(replica, "insert into t values (-2)");
  assert.deepEqual(await query(cluster, "select from t where n = -2"), []);
});

test("a primary goes on alone while no standby is there", async () => {
  const { primary } = JSON.parse(readFileSync(join(cluster.folder, "cluster.json"), "utf8"));
  const standby = join(cluster.folder, "17", String(3 - primary), "postgres.pid.json");
  process.kill(JSON.parse(readFileSync(standby, "utf8")).pid, "SIGKILL");
  await query(cluster, "insert into t values (-3)");
  await until(async () => (await followers())[0] === "quorum");
  await cluster.apply({ nodes: 1 });
  assert.deepEqual(await followers(), []);
  await query(cluster, "insert into t values (-4)");
});
