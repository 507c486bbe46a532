import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, test } from "node:test";
import { rootCertificates } from "node:tls";
import type pg from "pg";
import type { PoolSpec } from "../engine.ts";
import { until } from "../testing.ts";
import { POOLER_PORT } from "./server.ts";
import { ADMIN, connectTo, postgresCluster, SHOP } from "./testing.ts";

const pool = (name: string, mode: PoolSpec["mode"], size: number, user = SHOP.name): PoolSpec => ({
  name,
  mode,
  size,
  user,
  database: "shop",
});
const cluster = postgresCluster({
  pools: [pool("tx", "transaction", 2), pool("session", "session", 1, ""), pool("statement", "statement", 1)],
});
await cluster.apply();

const open: pg.Client[] = [];
after(() => Promise.all(open.map((client) => client.end().catch(() => {}))));

async function client(database: string, options: pg.ClientConfig = {}): Promise<pg.Client> {
  const { name: user, password } = SHOP;
  const made = await connectTo(cluster, { port: POOLER_PORT, database, user, password, ...options });
  open.push(made);
  return made;
}

test("takes who knows the password and the authority, and nobody else", async () => {
  const it = await client("tx");
  assert.deepEqual((await it.query("select current_user::text as u, current_database() as d")).rows, [
    { u: "shop", d: "shop" },
  ]);
  await assert.rejects(client("tx", { password: "wrong" }), { code: "28P01" });
  await assert.rejects(client("tx", { user: "nobody" }), { code: "28P01" });
  await assert.rejects(client("tx", { user: "postgres" }), { code: "28P01" });
  await assert.rejects(client("tx", { user: ADMIN.name, password: ADMIN.password }), { code: "28000" });
  await assert.rejects(client("shop"), { code: "3D000" });
  await assert.rejects(client("tx", { ssl: false }), /SSL required/);
  await assert.rejects(
    client("tx", { ssl: { ca: rootCertificates.slice(0, 1) } }),
    /unable to verify|self-signed/,
  );
});

test("many clients share a pool's connections, and wait for one when all are in a transaction", async () => {
  const clients = await Promise.all(Array.from({ length: 10 }, () => client("tx")));
  const answers = await Promise.all(
    clients.map(
      async (it, index) => (await it.query("select $1::int as i, pg_backend_pid() as pid", [index])).rows[0],
    ),
  );
  assert.deepEqual(
    answers.map(({ i }) => i),
    clients.map((_, index) => index),
  );
  assert.ok(new Set(answers.map(({ pid }) => pid)).size <= 2);
  const [first, second, third] = clients;
  assert.ok(first && second && third);
  await first.query("begin");
  await second.query("begin");
  let isAnswered = false;
  const waiting = third.query("select 3 as n").then(({ rows }) => {
    isAnswered = true;
    return rows;
  });
  await first.query("select 1");
  assert.equal(isAnswered, false);
  await first.query("commit");
  assert.deepEqual(await waiting, [{ n: 3 }]);
  await second.query("rollback");
});

test("a client that breaks off in a transaction leaves nothing of it", async () => {
  const breaking = await client("tx");
  await breaking.query("create temporary table mark ()");
  await breaking.query("begin");
  await breaking.query("select pg_advisory_xact_lock(42)");
  Reflect.get(breaking, "connection").stream.destroy();
  const other = await client("tx");
  await until(async () => (await other.query("select pg_try_advisory_xact_lock(42) as free")).rows[0]?.free);
});

test("settings that PgBouncer keeps go with their client, also through an error and large values", async () => {
  const [one, two] = [await client("tx", { application_name: "one" }), await client("tx")];
  await one.query("set timezone to 'Europe/Berlin'");
  await assert.rejects(one.query("selec"), { code: "42601" });
  const ask = "select current_setting('timezone') as tz, current_setting('application_name') as app";
  for (let round = 0; round < 3; round++) {
    assert.deepEqual((await two.query(ask)).rows, [{ tz: "UTC", app: "" }]);
    assert.deepEqual((await one.query(ask)).rows, [{ tz: "Europe/Berlin", app: "one" }]);
  }
  const large = "x".repeat(3_000_000);
  assert.equal((await two.query("select $1::text as large", [large])).rows[0]?.large, large);
});

test("a session pool gives a connection for the whole session, and clears it; inbound users bring their own", async () => {
  const login = { user: ADMIN.name, password: ADMIN.password };
  const one = await client("session", login);
  await one.query("create temporary table own ()");
  await one.query("select from own");
  await one.end();
  const two = await client("session", login);
  await assert.rejects(two.query("select from own"), { code: "42P01" });
  await two.end();
});

test("a statement pool refuses a transaction of several statements", async () => {
  const it = await client("statement");
  await it.query("select 1");
  await assert.rejects(it.query("begin"), /transaction blocks not allowed/);
});

test("a cancel request reaches the query that it is for", async () => {
  const it = await client("tx");
  const sleeping = assert.rejects(it.query("select pg_sleep(600)"), { code: "57014" });
  const watcher = await client("tx");
  await until(
    async () =>
      (await watcher.query("select from pg_stat_activity where query ~ '^select pg_sleep'")).rowCount === 1,
  );
  const request = Buffer.alloc(16);
  for (const [index, value] of [
    16,
    80877102,
    Reflect.get(it, "processID"),
    Reflect.get(it, "secretKey"),
  ].entries())
    request.writeInt32BE(value, index * 4);
  connect({ host: cluster.host, port: POOLER_PORT }).end(request);
  await sleeping;
});

test("pools come and go, and follow a restart of the server", async () => {
  await cluster.apply({ pools: [pool("late", "transaction", 1)], config: { max_connections: 30 } });
  const it = await client("late");
  assert.deepEqual((await it.query("show max_connections")).rows, [{ max_connections: "30" }]);
  await assert.rejects(client("tx"), { code: "3D000" });
});
