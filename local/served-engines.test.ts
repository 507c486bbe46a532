import assert from "node:assert/strict";
import { test } from "node:test";
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import { caOf, online, onlineCluster, servedCloud } from "./testing-served.ts";

// MongoDB and Valkey behind the API, reached as it says, by their own clients.

const uriOf = (cluster: object): string => (cluster as { connection: { uri: string } }).connection.uri;
const asUser = (uri: string, name: string, password: string) =>
  uri.replace(/\/\/.*@/, `//${name}:${password}@`);

/** Connects to MongoDB, verified in full, and asks something. */
async function mongo<T>(uri: string, ca: string, action: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri, { ca, serverSelectionTimeoutMS: 60_000 });
  try {
    return await action(await client.connect());
  } finally {
    await client.close(true);
  }
}

async function valkey<T>(uri: string, ca: string, action: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(uri, { tls: { ca }, lazyConnect: true, retryStrategy: () => null }).on(
    "error",
    () => {},
  );
  try {
    await client.connect();
    return await action(client);
  } finally {
    client.disconnect();
  }
}

test("MongoDB is what the API says: URI, users with roles, passwords, databases, backups and forks", async (t) => {
  const { cloud } = await servedCloud(t);
  const { body } = await cloud.post<{ database: { id: string } }>("/v2/databases", {
    name: "documents",
    engine: "mongodb",
    version: "7",
    num_nodes: 1,
    size: "db-s-1vcpu-1gb",
    region: "fra1",
  });
  const { id } = body.database;
  // The password is in the answer to the create alone.
  const uri = uriOf(body.database);
  const at = `/v2/databases/${id}`;
  await online(cloud, id);
  const ca = await caOf(cloud, id);
  await mongo(uri, ca, (it) => it.db("product").collection("letters").insertOne({ number: 1 }));

  const settings = { mongo_user_settings: { role: "readOnly", databases: ["product"] } };
  const reader = await cloud.make<{ password: string }>(`${at}/users`, { name: "reader", settings });
  const readers = asUser(uri, "reader", reader.password);
  await mongo(readers, ca, async (it) => {
    assert.equal((await it.db("product").collection("letters").findOne())?.number, 1);
    await assert.rejects(it.db("product").collection("letters").insertOne({}), /permission denied/);
  });
  await cloud.make(`${at}/dbs`, { name: "reports" });
  await mongo(uri, ca, async (it) => {
    const { databases } = await it.db().admin().listDatabases();
    assert.ok(databases.some(({ name }) => name === "reports"));
  });
  await cloud.post(`${at}/users/reader/reset_auth`, {});
  // The old password is refused, or what it had opened before has been ended.
  await mongo(readers, ca, (it) =>
    assert.rejects(it.db("product").collection("letters").findOne(), /28P01|57P01/),
  );

  const made = await cloud.post(`/_local/databases/${id}/backups`, {});
  assert.equal(made.status, 201);
  await mongo(uri, ca, (it) => it.db("product").collection("letters").deleteMany({}));
  const { backups } = (await cloud.get<{ backups: { created_at: string }[] }>(`${at}/backups`)).body;
  const fork = await cloud.post<{ database: { id: string } }>("/v2/databases", {
    name: "fork",
    engine: "mongodb",
    version: "7",
    num_nodes: 1,
    size: "db-s-1vcpu-1gb",
    region: "fra1",
    backup_restore: { database_name: "documents", backup_created_at: backups.at(-1)?.created_at },
  });
  await online(cloud, fork.body.database.id);
  await mongo(uriOf(fork.body.database), ca, async (it) =>
    assert.equal((await it.db("product").collection("letters").findOne())?.number, 1),
  );
});

test("Valkey is what the API says: URI, password, configuration, eviction policy, forks, and no backups", async (t) => {
  const { cloud } = await servedCloud(t);
  const facts = { engine: "valkey", version: "8" };
  const cluster = await onlineCluster(cloud, "cache", facts);
  const at = `/v2/databases/${cluster.id}`;
  const ca = await caOf(cloud, cluster.id);
  const uri = uriOf(cluster);
  await valkey(uri, ca, (it) => it.set("kept", "1"));
  assert.equal((await cloud.put(`${at}/eviction_policy`, { eviction_policy: "allkeys_lru" })).status, 204);
  await valkey(uri, ca, async (it) => assert.match(await it.info("memory"), /maxmemory_policy:allkeys-lru/));
  assert.equal((await cloud.get(`${at}/backups`)).status, 412);
  const fork = await onlineCluster(cloud, "copy", { ...facts, backup_restore: { database_name: "cache" } });
  assert.equal(await valkey(uriOf(fork), ca, (it) => it.get("kept")), "1");
  const { body } = await cloud.post<{ user: { password: string } }>(`${at}/users/default/reset_auth`, {});
  const renewed = asUser(uri, "default", body.user.password);
  assert.equal(await valkey(renewed, ca, (it) => it.get("kept")), "1");
  await assert.rejects(valkey(uri, ca, (it) => it.get("kept")));
});
