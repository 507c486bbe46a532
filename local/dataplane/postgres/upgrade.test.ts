import assert from "node:assert/strict";
import { test } from "node:test";
import { postgresCluster, query, SHOP } from "./testing.ts";

const DIGEST = "select count(*)::int as n, md5(string_agg(id || x, ',' order by id)) as digest from t";

test("an upgrade moves databases, roles, rights and sequences; older backups are restored in the newer version", async () => {
  const cluster = postgresCluster({ version: "16" });
  await cluster.apply();
  await query(cluster, "create extension pgcrypto");
  await query(cluster, "create table t (id serial primary key, x text)");
  await query(cluster, "insert into t (x) select md5(g::text) from generate_series(1, 2000) g");
  await query(cluster, "grant select on t to shop");
  await query(cluster, "create role by_sql login password 'theirs'");
  const backup = await cluster.server.backUp();
  const [digest] = await query(cluster, DIGEST);

  await cluster.apply({ version: "17" });
  assert.match((await query(cluster, "show server_version"))[0]?.server_version, /^17\./);
  assert.deepEqual(await query(cluster, DIGEST), [digest]);
  assert.deepEqual(await query(cluster, "insert into t (x) values ('new') returning id"), [{ id: 2001 }]);
  await query(cluster, "select from t", { user: SHOP.name, password: SHOP.password });
  await query(cluster, "select", { user: "by_sql", password: "theirs" });
  await query(cluster, "select gen_random_uuid(), digest('a', 'sha256')");

  const fork = postgresCluster({ source: { kind: "backup", cluster: cluster.spec.id, backup: backup.id } }, [
    cluster,
  ]);
  await fork.apply();
  assert.match((await query(fork, "show server_version"))[0]?.server_version, /^17\./);
  assert.deepEqual(await query(fork, DIGEST), [digest]);
});
