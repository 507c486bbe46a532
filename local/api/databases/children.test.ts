import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Client, cloudFor, type Made, onlineCluster } from "../../testing.ts";

const VALKEY = { engine: "valkey", version: "8" };

test("what an engine has none of is refused", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await onlineCluster(cloud, "cache", VALKEY);
  for (const [path, body] of [
    ["users", { name: "app" }],
    ["dbs", { name: "app" }],
    ["pools", { name: "pool", mode: "transaction", size: 1, db: "app" }],
    ["replicas", { name: "read-1" }],
  ] as const)
    assert.equal((await cloud.post(`/v2/databases/${id}/${path}`, body)).status, 412, path);
  assert.equal((await cloud.get(`/v2/databases/${id}/backups`)).status, 412);
  const pg = await onlineCluster(cloud, "orders");
  for (const path of ["eviction_policy", "sql_mode"])
    assert.equal((await cloud.get(`/v2/databases/${pg.id}/${path}`)).status, 412);
});

test("the administrator and its database stay, names are unique", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await onlineCluster(cloud, "orders");
  const at = `/v2/databases/${id}`;
  assert.equal((await cloud.delete(`${at}/users/doadmin`)).status, 403);
  await cloud.make(`${at}/users`, { name: "app" });
  assert.equal((await cloud.post(`${at}/users`, { name: "app" })).status, 422);
  assert.equal((await cloud.post(`${at}/dbs`, { name: "defaultdb" })).status, 422);
  assert.equal((await cloud.get(`${at}/users/none`)).status, 404);
  const { body } = await cloud.post<{ user: { password: string } }>(`${at}/users/doadmin/reset_auth`, {});
  const { body: after } = await cloud.get<{ database: { connection: { password: string } } }>(at);
  assert.equal(after.database.connection.password, body.user.password);
});

test("pools share the connections that the plan has", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await onlineCluster(cloud, "orders"); // 1 GiB: 22 connections
  const at = `/v2/databases/${id}/pools`;
  const pool = { name: "web", mode: "transaction", size: 20, db: "defaultdb", user: "doadmin" };
  const made = await cloud.make<{ connection: { uri: string; port: number } }>(at, pool);
  assert.equal(made.connection.port, 25_061);
  assert.match(made.connection.uri, /^postgresql:\/\/doadmin:[^@]+@[\d.]+:25061\/web\?sslmode=require$/);
  assert.equal((await cloud.post(at, { ...pool, name: "more", size: 3 })).status, 422);
  const inbound = await cloud.make<{ connection: { uri: string }; user?: string }>(at, {
    ...pool,
    name: "more",
    size: 2,
    user: "",
  });
  assert.equal(inbound.user, undefined);
  assert.match(inbound.connection.uri, /^postgresql:\/\/[\d.]+:25061\/more/);
  assert.equal((await cloud.put(`${at}/web`, { mode: "session", size: 1, db: "defaultdb" })).status, 204);
  assert.partialDeepStrictEqual((await cloud.get(`${at}/web`)).body, {
    pool: { mode: "session", size: 1, user: "doadmin" },
  });
  assert.equal((await cloud.post(at, { ...pool, name: "x", db: "none", size: 1 })).status, 404);
  assert.equal((await cloud.post(at, { ...pool, name: "x", mode: "magic", size: 1 })).status, 422);
});

test("trusted sources come back as they were set, and those that stay keep their identity", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await onlineCluster(cloud, "orders");
  const path = `/v2/databases/${id}/firewall`;
  type Rule = {
    uuid: string;
    type: string;
    value: string;
    description?: string;
    created_at: string;
    cluster_uuid: string;
  };
  const rules = async () => (await cloud.get<{ rules: Rule[] }>(path)).body.rules;

  const rule = fc.oneof(
    fc.ipV4().map((value) => ({ type: "ip_addr", value })),
    fc
      .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
      .map(([ip, bits]) => ({ type: "ip_addr", value: `${ip}/${bits}` })),
    fc.uuid().map((value) => ({ type: "app", value })),
    fc.uuid().map((value) => ({ type: "k8s", value })),
    fc.integer({ min: 1 }).map((value) => ({ type: "droplet", value: String(value) })),
    fc.stringMatching(/^[a-z0-9_:-]{1,20}$/).map((value) => ({ type: "tag", value, description: "by tag" })),
  );
  const list = fc.uniqueArray(rule, { maxLength: 8, selector: ({ type, value }) => type + value });
  await fc.assert(
    fc.asyncProperty(list, list, async (first, second) => {
      assert.equal((await cloud.put(path, { rules: first })).status, 204);
      const before = await rules();
      assert.deepEqual(
        before.map(({ type, value }) => ({ type, value })),
        first.map(({ type, value }) => ({ type, value })),
      );
      assert.ok(before.every(({ cluster_uuid }) => cluster_uuid === id));
      assert.equal(
        (
          await cloud.put(path, {
            rules: [
              ...second,
              ...first.filter((a) => !second.some((b) => a.type + a.value === b.type + b.value)),
            ],
          })
        ).status,
        204,
      );
      const after = await rules();
      for (const { uuid, type, value } of before)
        assert.equal(after.find((rule) => rule.type === type && rule.value === value)?.uuid, uuid);
    }),
    { numRuns: 25 },
  );
  assert.equal((await cloud.put(path, { rules: [] })).status, 204);
  assert.deepEqual(await rules(), [], "without trusted sources the cluster is open");
  for (const value of ["10.0.0.0/33", "256.1.1.1", "::1", "example.com"])
    assert.equal((await cloud.put(path, { rules: [{ type: "ip_addr", value }] })).status, 422, value);
  assert.equal(
    (
      await cloud.put(path, {
        rules: Array.from({ length: 101 }, (_, n) => ({ type: "droplet", value: String(n) })),
      })
    ).status,
    422,
  );
});

test("a replica has a place, trusted sources and a size of its own, and can become a cluster", async (t) => {
  const cloud = await cloudFor(t);
  const primary = await onlineCluster(cloud, "orders");
  const replica = await cloud.make(`/v2/databases/${primary.id}/replicas`, {
    name: "read-1",
    region: "ams3",
    size: "db-s-1vcpu-2gb",
  });
  const at = `/v2/databases/${primary.id}/replicas/read-1`;
  assert.partialDeepStrictEqual((await cloud.get(at)).body, {
    replica: { status: "online", region: "ams3" },
  });
  assert.equal(
    (
      await cloud.put(`/v2/databases/${replica.id}/firewall`, {
        rules: [{ type: "ip_addr", value: "10.0.0.1" }],
      })
    ).status,
    204,
  );
  assert.deepEqual((await cloud.get(`/v2/databases/${primary.id}/firewall`)).body, { rules: [] });
  assert.equal(
    (await cloud.put(`/v2/databases/${replica.id}/resize`, { size: "db-s-2vcpu-4gb", num_nodes: 1 })).status,
    202,
  );
  assert.partialDeepStrictEqual((await cloud.get(at)).body, {
    replica: { size: "db-s-2vcpu-4gb", status: "online" },
  });
  assert.equal((await cloud.get(`/v2/databases/${replica.id}`)).status, 404);

  assert.equal((await cloud.put(`${at}/promote`)).status, 204);
  assert.equal((await cloud.get(at)).status, 404);
  const { body } = await cloud.get<{ database: Made }>(`/v2/databases/${replica.id}`);
  assert.partialDeepStrictEqual(body.database, {
    name: "read-1",
    region: "ams3",
    status: "online",
    engine: "pg",
    db_names: ["defaultdb"],
  });
  await cloud.post("/v2/tags", { name: "sweep" }); // a write, which forgets what is gone
  const { body: vpc } = await cloud.get<{ members: { urn: string }[] }>(
    `/v2/vpcs/${body.database.private_network_uuid}/members`,
  );
  assert.deepEqual(
    vpc.members.map(({ urn }) => urn),
    [`do:dbaas:${replica.id}`],
  );
});

test("a configuration shows the engine's values and takes only its own settings", async (t) => {
  const cloud = await cloudFor(t);
  const config = async (id: string) =>
    (await cloud.get<{ config: Record<string, unknown> }>(`/v2/databases/${id}/config`)).body.config;
  const patch = (id: string, config: object) =>
    cloud.patch<{ message: string }>(`/v2/databases/${id}/config`, { config });
  const pg = await onlineCluster(cloud, "orders");
  assert.equal((await config(pg.id)).work_mem, 4);
  assert.equal((await patch(pg.id, { work_mem: 32, pgbouncer: { min_pool_size: 2 } })).status, 200);
  assert.partialDeepStrictEqual(await config(pg.id), {
    work_mem: 32,
    jit: true,
    pgbouncer: { min_pool_size: 2 },
  });
  for (const [wrong, says] of [
    [{ work_mem: 4096 }, /work_mem: must be at most 1024/],
    [{ work_mem: 1.5 }, /work_mem/],
    [{ redis_timeout: 1 }, /unknown field redis_timeout/],
    [{ jit: "yes" }, /jit: must be of type boolean/],
  ] as const) {
    const { status, body } = await patch(pg.id, wrong);
    assert.equal(status, 422);
    assert.match(body.message, says);
  }
  assert.equal((await config(pg.id)).work_mem, 32);

  const cache = await onlineCluster(cloud, "cache", VALKEY);
  const policy = async () =>
    (await cloud.get<{ eviction_policy: string }>(`/v2/databases/${cache.id}/eviction_policy`)).body
      .eviction_policy;
  assert.equal(await policy(), "noeviction");
  assert.equal((await patch(cache.id, { valkey_maxmemory_policy: "volatile-random" })).status, 200);
  assert.equal(await policy(), "volatile_random");
  assert.equal((await config(cache.id)).valkey_maxmemory_policy, "volatile-random");
  assert.equal(
    (await cloud.put(`/v2/databases/${cache.id}/eviction_policy`, { eviction_policy: "allkeys_lru" })).status,
    204,
  );
  assert.equal((await config(cache.id)).valkey_maxmemory_policy, "allkeys_lru");
  assert.equal(
    (await cloud.put(`/v2/databases/${cache.id}/eviction_policy`, { eviction_policy: "allkeys-lru" })).status,
    422,
  );

  const advanced = await onlineCluster(cloud, "big", { engine: "advanced_pg", version: "17" });
  assert.equal((await patch(advanced.id, { pg_parameters: { work_mem: "32" } })).status, 200);
  assert.partialDeepStrictEqual(await config(advanced.id), {
    pg_parameters: [{ name: "work_mem", value: "32" }],
  });
});

async function sink(cloud: Client, id: string, type: string, config: object) {
  return cloud.post<{ sink?: { sink_id: string }; message?: string }>(`/v2/databases/${id}/logsink`, {
    sink_name: `to-${type}`,
    sink_type: type,
    config,
  });
}

test("log sinks go where the engine can send", async (t) => {
  const cloud = await cloudFor(t);
  const pg = await onlineCluster(cloud, "orders");
  const made = await sink(cloud, pg.id, "rsyslog", { server: "logs.example.com", port: 514 });
  assert.equal(made.status, 201);
  const at = `/v2/databases/${pg.id}/logsink/${made.body.sink?.sink_id}`;
  assert.partialDeepStrictEqual((await cloud.get(at)).body, {
    sink_name: "to-rsyslog",
    config: { port: 514, tls: false, format: "rfc5424" },
  });
  assert.equal(
    (await cloud.put(at, { config: { server: "logs.example.com", port: 1514, tls: true } })).status,
    200,
  );
  assert.partialDeepStrictEqual((await cloud.get(at)).body, { config: { port: 1514, tls: true } });
  assert.equal((await cloud.delete(at)).status, 200);
  assert.equal((await cloud.get(at)).status, 404);
  const mongo = await onlineCluster(cloud, "docs", { engine: "mongodb", version: "7.0" });
  const refused = await sink(cloud, mongo.id, "rsyslog", { server: "logs.example.com", port: 514 });
  assert.equal(refused.status, 412);
  assert.match(refused.body.message ?? "", /log sink not supported/);
});
