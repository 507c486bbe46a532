import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { Authority, makeAuthority } from "../../certificates.ts";
import { until } from "../testing.ts";
import { ADMIN, connectTo, postgresCluster, query, SHOP } from "./testing.ts";

const cluster = postgresCluster();
await cluster.apply();

test("takes who knows the password and the authority, and nobody else", async () => {
  const [row] = await query(
    cluster,
    "select current_setting('server_version') as version, ssl from pg_stat_ssl where pid = pg_backend_pid()",
  );
  assert.match(row?.version, /^17\./);
  assert.equal(row?.ssl, true);
  await assert.rejects(connectTo(cluster, { password: "wrong" }), { code: "28P01" });
  await assert.rejects(connectTo(cluster, { ssl: false }), { code: "28000" });
  await assert.rejects(
    connectTo(cluster, { ssl: { ca: rootCertificates.slice(0, 1) } }),
    /unable to verify|self-signed/,
  );
  await assert.rejects(
    connectTo(cluster, { host: "127.0.0.1", port: Number(cluster.server.connect(25060)) }),
    /does not match certificate/,
  );
  await assert.rejects(connectTo(cluster, { user: "postgres" }), { code: "28000" });
});

test("gives the administrator the platform's rights: databases, roles, rows, but not the server", async () => {
  await query(cluster, "create role made_by_sql login");
  await query(cluster, "create database own owner doadmin");
  await query(cluster, "alter role shop connection limit 50");
  await query(cluster, "create extension pg_stat_statements");
  await assert.rejects(query(cluster, "create extension amcheck"), { code: "42501" });
  await assert.rejects(query(cluster, "alter system set work_mem = '1GB'"), { code: "42501" });
  await assert.rejects(query(cluster, "copy (select 1) to program 'true'"), { code: "42501" });
  const owners = await query(
    cluster,
    "select datname, pg_get_userbyid(datdba) as owner from pg_database where datname in ('defaultdb', 'shop')",
  );
  assert.deepEqual(new Set(owners.map(({ owner }) => owner)), new Set(["doadmin"]));
});

test("a new user has no rights in a schema until the administrator grants them", async () => {
  const asShop = { user: SHOP.name, password: SHOP.password, database: "shop" };
  await assert.rejects(query(cluster, "create table t ()", asShop), { code: "42501" });
  await query(cluster, "grant usage, create on schema public to shop", { database: "shop" });
  await query(cluster, "create table t (i int); insert into t values (1)", asShop);
});

test("changes passwords, and keeps what a removed user has", async () => {
  const guest = { name: "guest.user-1", password: "AVNS_guest" };
  await cluster.apply({
    users: [ADMIN, { ...SHOP, password: "AVNS_rotated" }, guest],
    databases: ["defaultdb", "shop", "Extra-db"],
  });
  await assert.rejects(query(cluster, "select", { user: SHOP.name, password: SHOP.password }), {
    code: "28P01",
  });
  await query(cluster, "select", { user: SHOP.name, password: "AVNS_rotated" });
  await query(cluster, "create table precious as select 7 as n", { database: "Extra-db" });
  await query(
    cluster,
    'alter table precious owner to doadmin; grant all on schema public to "guest.user-1"',
    { database: "Extra-db" },
  );
  await query(cluster, "create table guests_own as select 8 as n", {
    user: guest.name,
    password: guest.password,
    database: "Extra-db",
  });
  await cluster.apply({ users: [ADMIN, SHOP] });
  await assert.rejects(query(cluster, "select", { user: guest.name, password: guest.password }), {
    code: "28P01",
  });
  assert.deepEqual(await query(cluster, "select n from guests_own", { database: "Extra-db" }), [{ n: 8 }]);
  await cluster.apply({ databases: ["defaultdb", "shop"] });
  await assert.rejects(query(cluster, "select", { database: "Extra-db" }), { code: "3D000" });
});

test("leaves alone what was made by SQL", async () => {
  await query(cluster, "create role by_sql login password 'theirs'");
  await query(cluster, "create database by_sql");
  await cluster.apply();
  assert.deepEqual(
    await query(cluster, "select 1 as n", { user: "by_sql", password: "theirs", database: "by_sql" }),
    [{ n: 1 }],
  );
});

test("applies the platform's configuration, by a restart only where PostgreSQL needs one", async () => {
  const started = () => query(cluster, "select extract(epoch from pg_postmaster_start_time())::text as at");
  const before = await started();
  await cluster.apply({
    config: {
      work_mem: 9,
      idle_in_transaction_session_timeout: 5000,
      jit: false,
      bgwriter_flush_after: 256,
      timezone: "Europe/Berlin",
    },
  });
  const names = [
    "work_mem",
    "idle_in_transaction_session_timeout",
    "jit",
    "bgwriter_flush_after",
    "TimeZone",
  ];
  const shown = await Promise.all(
    names.map(async (name) => (await query(cluster, `select current_setting('${name}') as v`))[0]?.v),
  );
  assert.deepEqual(shown, ["9MB", "5s", "off", "256kB", "Europe/Berlin"]);
  assert.deepEqual(await started(), before);
  await cluster.apply({ config: { max_connections: 31 } });
  assert.deepEqual(await query(cluster, "show max_connections"), [{ max_connections: "31" }]);
  assert.deepEqual(await query(cluster, "show work_mem"), [{ work_mem: "4MB" }]);
  assert.notDeepEqual(await started(), before);
});

test("serves a new certificate to new connections", async () => {
  const authority = new Authority(makeAuthority("Other CA"), "Other CA");
  const { tls, ca } = cluster.spec;
  await cluster.apply({ tls: authority.issueServer([cluster.host]), ca: authority.certificate });
  await query(cluster, "select");
  await assert.rejects(connectTo(cluster, { ssl: { ca } }), /unable to verify|self-signed/);
  await cluster.apply({ tls, ca });
});

test("has no password in any file", () => {
  const files = readdirSync(cluster.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  assert.ok(files.length > 500);
  for (const file of files) {
    const content = readFileSync(join(file.parentPath, file.name));
    for (const { password } of cluster.spec.users)
      assert.ok(!content.includes(password), `${file.name} has a password`);
  }
});

test("comes up again by itself after a crash", async () => {
  await query(cluster, "create table kept as select 1 as n");
  const { pid } = JSON.parse(readFileSync(join(cluster.folder, "17", "1", "postgres.pid.json"), "utf8"));
  process.kill(pid, "SIGKILL");
  await until(() =>
    query(cluster, "select n from kept").then(
      (rows) => rows.length === 1,
      () => false,
    ),
  );
});

test("loses nothing acknowledged when the server and what runs it are killed", async () => {
  const killed = postgresCluster();
  const kill = await killed.elsewhere(new URL("server.ts", import.meta.url).href, "postgres");
  const client = await connectTo(killed);
  await client.query("create table t (n int primary key)");
  const acknowledged: number[] = [];
  const writing = (async () => {
    for (let n = 0; ; n++) {
      await client.query("insert into t values ($1)", [n]);
      acknowledged.push(n);
    }
  })().catch(() => {});
  await until(() => acknowledged.length >= 50);
  const { pid } = JSON.parse(readFileSync(join(killed.folder, "17", "1", "postgres.pid.json"), "utf8"));
  process.kill(pid, "SIGKILL");
  await kill();
  await writing;
  await killed.apply();
  const rows = await query<{ n: number }>(killed, "select n from t");
  const kept = new Set(rows.map(({ n }) => n));
  assert.deepEqual(
    acknowledged.filter((n) => !kept.has(n)),
    [],
  );
});
