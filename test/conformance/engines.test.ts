import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "./cloud.ts";
import { Secret, type Stack, stackFor } from "./stack.ts";

const cloud = await cloudForTests();

const cluster = (engine: string, version: string, nodes = 1, size = "db-s-1vcpu-2gb"): string => `
  const db = new digitalocean.DatabaseCluster("db", { name: "${engine}-main", engine: "${engine}", version: "${version}",
    size: "${size}", region: "ams3", nodeCount: ${nodes} }, cloud);
  const inCluster = { clusterId: db.id };`;

/** Nothing to do, for the program and for the platform. */
async function settled(stack: Stack): Promise<void> {
  assert.deepEqual(await stack.preview(), []);
  await stack.run(["refresh", "--preview-only", "--expect-no-changes"]);
}

async function passwordOf(stack: Stack, user: string): Promise<string> {
  const { password } = (await stack.resource(user)).outputs;
  assert.ok(password instanceof Secret, "encrypted in the state");
  assert.equal(typeof password.value, "string");
  assert.notEqual(password.value, "");
  return String(password.value);
}

test("MongoDB: a user's password, shown once, outlives a refresh, and a new user has a new one", async (t) => {
  const stack = await stackFor(t, cloud);
  const program = (user: string): string => `${cluster("mongodb", "8.0", 3)}
    const rules = [{ type: "ip_addr", value: "10.0.0.0/16" }];
    const after = { ...cloud, dependsOn: new digitalocean.DatabaseFirewall("fw", { ...inCluster, rules }, cloud) };
    const docs = new digitalocean.DatabaseDb("docs", { ...inCluster, name: "docs" }, after);
    const user = new digitalocean.DatabaseUser("user", { ...inCluster, name: "${user}" },
      { ...after, deleteBeforeReplace: false });
    const settings = new digitalocean.DatabaseMongodbConfig("settings",
      { ...inCluster, defaultReadConcern: "majority", defaultWriteConcern: "majority", slowOpThresholdMs: 250 }, after);`;
  stack.program(program("app"));
  await stack.up();
  const { id, outputs } = await stack.resource("db");
  assert.ok(outputs.privateUri instanceof Secret);
  assert.match(String(outputs.privateUri.value), /^mongodb:\/\/doadmin:[^@]+@/);
  const password = await passwordOf(stack, "user");
  assert.ok(!stack.stored().includes(password), "it lies nowhere in clear");
  assert.equal((await stack.resource("settings")).id, `${id}/mongodb-config`);
  assert.deepEqual(await stack.preview(), []);

  const shown = await cloud.call<{ user: object }>("GET", `/v2/databases/${id}/users/app`);
  assert.ok(!("password" in shown.user), "the platform shows it no more");
  await stack.refresh();
  assert.equal(await passwordOf(stack, "user"), password);
  const refreshed = (await stack.resource("db")).outputs;
  assert.deepEqual(refreshed.privateUri, outputs.privateUri, "nor does a cluster lose its own");
  assert.deepEqual(await stack.preview(), []);

  stack.program(program("app-2"));
  assert.partialDeepStrictEqual(await stack.preview(), [{ name: "user" }]);
  const requests = await cloud.during(() => stack.up());
  const writes = requests.filter((request) => /^(POST|DELETE)/.test(request));
  assert.deepEqual(writes, [`POST /v2/databases/${id}/users`, `DELETE /v2/databases/${id}/users/app`]);
  assert.notEqual(await passwordOf(stack, "user"), password);
  await stack.destroy();
  await assert.rejects(cloud.call("GET", `/v2/databases/${id}`), /404/);
});

test("MongoDB: what can't be had is refused, by the plugin or by the platform", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(`${cluster("mongodb", "8.0")}
    new digitalocean.DatabaseMongodbConfig("settings", { ...inCluster, defaultReadConcern: "linearizable" }, cloud);`);
  const refused = await stack.attempt(["preview"]);
  assert.notEqual(refused.code, 0);
  assert.match(refused.output, /linearizable|default_read_concern|defaultReadConcern/);
  stack.program(cluster("mongodb", "8.0", 2));
  const pair = await stack.tryUp();
  assert.notEqual(pair.code, 0);
  assert.match(pair.output, /1, 3 nodes/);
});

test("Valkey: its settings alone own the eviction policy, in the engine's spelling", async (t) => {
  const stack = await stackFor(t, cloud);
  const program = (settings: string): string => `${cluster("valkey", "8", 2)}
    new digitalocean.DatabaseValkeyConfig("settings", { ...inCluster, ${settings} }, cloud);
    export const uri = db.privateUri;`;
  stack.program(program('valkeyMaxmemoryPolicy: "allkeys_lru"'));
  const refused = await stack.attempt(["preview"]);
  assert.notEqual(refused.code, 0, "underscores are the API's, not the plugin's");
  assert.match(refused.output, /allkeys-lru/);

  stack.program(program('valkeyMaxmemoryPolicy: "allkeys-lru", persistence: "rdb", ssl: true, timeout: 120'));
  await stack.up();
  await settled(stack);
  const { id } = await stack.resource("db");
  assert.match(String((await stack.outputs()).uri), /^rediss:\/\/default:[^@]+@/);
  assert.equal((await stack.resource("settings")).id, `${id}/valkey-config`);
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/databases/${id}/config`), {
    config: { valkey_maxmemory_policy: "allkeys-lru", valkey_persistence: "rdb", valkey_timeout: 120 },
  });
  assert.deepEqual(await cloud.call("GET", `/v2/databases/${id}/eviction_policy`), {
    eviction_policy: "allkeys_lru",
  });

  stack.program(program('valkeyMaxmemoryPolicy: "noeviction", persistence: "off", ssl: true, timeout: 0'));
  assert.partialDeepStrictEqual(await stack.preview(), [{ op: "update", name: "settings" }]);
  await stack.up();
  await settled(stack);
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/databases/${id}/config`), {
    config: { valkey_maxmemory_policy: "noeviction", valkey_persistence: "off", valkey_timeout: 0 },
  });

  await cloud.call("PATCH", `/v2/databases/${id}/config`, {
    config: { valkey_maxmemory_policy: "allkeys-random" },
  });
  const drift = await stack.attempt(["refresh", "--preview-only", "--expect-no-changes"]);
  assert.notEqual(drift.code, 0, "someone else's policy is drift");
  await stack.destroy();
});

const others: [
  engine: string,
  version: string,
  nodes: number,
  Type: string,
  settings: string,
  there: object,
][] = [
  [
    "mysql",
    "8",
    1,
    "DatabaseMysqlConfig",
    'backupHour: 3, longQueryTime: 2.5, sqlRequirePrimaryKey: true, defaultTimeZone: "UTC"',
    { backup_hour: 3, long_query_time: 2.5, sql_require_primary_key: true, default_time_zone: "UTC" },
  ],
  [
    "kafka",
    "3.8",
    3,
    "DatabaseKafkaConfig",
    'logRetentionBytes: "1000000", logRetentionHours: 24, autoCreateTopicsEnable: true',
    { log_retention_bytes: 1_000_000, log_retention_hours: 24, auto_create_topics_enable: true },
  ],
  [
    "opensearch",
    "2",
    1,
    "DatabaseOpensearchConfig",
    'searchMaxBuckets: 20000, ismEnabled: true, reindexRemoteWhitelists: ["a.example.com:9200"]',
    { search_max_buckets: 20_000, ism_enabled: true, reindex_remote_whitelist: ["a.example.com:9200"] },
  ],
];
for (const [engine, version, nodes, Type, settings, there] of others)
  test(`${engine}: what is set is there, the rest is the platform's, and neither is a change`, async (t) => {
    const stack = await stackFor(t, cloud);
    const size = engine === "kafka" ? "db-s-2vcpu-4gb" : undefined;
    stack.program(`${cluster(engine, version, nodes, size)}
      new digitalocean.${Type}("settings", { ...inCluster, ${settings} }, cloud);`);
    await stack.up();
    await settled(stack);
    const { id } = await stack.resource("db");
    assert.equal((await stack.resource("settings")).id, `${id}/${engine}-config`);
    assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/databases/${id}/config`), { config: there });
    await stack.destroy();
  });
