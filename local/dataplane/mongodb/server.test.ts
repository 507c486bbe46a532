import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { MongoClient, type MongoClientOptions } from "mongodb";
import type { UserSpec } from "../engine.ts";
import { TestCluster, until } from "../testing.ts";
import { mongodb } from "./server.ts";

const PORT = 27017;

type Login = Pick<UserSpec, "name" | "password">;

const user = (name: string, role?: string, ...databases: string[]): UserSpec => ({
  name,
  password: `AVNS_${name}`,
  ...(role && { settings: { mongo_user_settings: { role, databases } } }),
});
const admin = user("doadmin");
const product = user("product", "readWrite", "product");
const other = user("other", "readWrite", "other");
const reader = user("reader", "readOnly", "product");
const keeper = user("keeper", "dbAdmin", "product");
const auditor = user("auditor", "readOnly", "admin");
const plain = user("plain");
const users = [admin, product, other, reader, keeper, auditor, plain];

const cluster = new TestCluster(mongodb, { version: "7.0", users, databases: ["admin", "product"] });
await cluster.apply();

/** As a user's program has it that checks whom it talks to. */
function client(login: Login | undefined, options: MongoClientOptions = {}, of = cluster): MongoClient {
  return new MongoClient(`mongodb://${of.host}:${PORT}/`, {
    tls: true,
    ca: of.spec.ca,
    serverSelectionTimeoutMS: 60_000,
    ...(login && { auth: { username: login.name, password: login.password }, authMechanism: "PLAIN" }),
    ...options,
  });
}

async function using<T>(it: MongoClient, action: (it: MongoClient) => Promise<T>): Promise<T> {
  try {
    await it.connect();
    return await action(it);
  } finally {
    await it.close(true);
  }
}

const as = <T>(login: Login | undefined, action: (it: MongoClient) => Promise<T>, of = cluster): Promise<T> =>
  using(client(login, {}, of), action);

const ping = (it: MongoClient) => it.db("admin").command({ ping: 1 });
const DENIED = /permission denied|must be owner/;

test("serves who knows the password, by the URI that has it all, too", async () => {
  await as(admin, async (it) => {
    assert.equal((await ping(it)).ok, 1);
    assert.equal((await it.db("admin").command({ buildInfo: 1 })).version, "7.0.42");
  });
  const uri = `mongodb://${admin.name}:${admin.password}@${cluster.host}:${PORT}/admin?tls=true&authMechanism=PLAIN`;
  for (const source of ["", "&authSource=admin", "&authSource=%24external"])
    assert.equal((await using(new MongoClient(uri + source, { ca: cluster.spec.ca }), ping)).ok, 1);
});

test("refuses a wrong password, an unknown user and a client without credentials at the first command, not when they connect", async () => {
  for (const login of [{ ...admin, password: "wrong" }, user("nobody"), user("postgres")])
    await as(login, async (it) => {
      await assert.rejects(ping(it), (error: Error & { code?: unknown }) => {
        assert.equal(error.code, 1);
        assert.match(error.message, /SQLSTATE 28(P01|000)/);
        return true;
      });
      await assert.rejects(it.db("product").collection("documents").findOne());
    });
  await as(undefined, async (it) => {
    await assert.rejects(ping(it));
    await assert.rejects(it.db("product").collection("documents").insertOne({ by: "nobody" }));
  });
});

test("takes PLAIN alone, and is no replica set", async () => {
  for (const authMechanism of ["SCRAM-SHA-256", undefined] as const)
    await assert.rejects(
      using(client(admin, { authMechanism }), ping),
      (error: Error & { code?: unknown }) => error.code === 18,
    );
  await assert.rejects(using(client(admin, { replicaSet: "test", serverSelectionTimeoutMS: 500 }), ping), {
    name: "MongoServerSelectionError",
  });
});

test("is not talked to without TLS, nor by who does not know its authority", async () => {
  const refused = (options: MongoClientOptions, reason: RegExp) =>
    assert.rejects(using(client(admin, { serverSelectionTimeoutMS: 500, ...options }), ping), reason);
  await refused({ ca: rootCertificates.slice(0, 1) }, /unable to verify|self-signed/);
  await refused({ tls: false, ca: undefined }, /MongoServerSelectionError|closed/);
  const socket = connectPlain({ host: cluster.host, port: PORT });
  const heard: Buffer[] = [];
  socket.on("data", (data) => heard.push(data)).on("error", () => {});
  socket.write(Buffer.alloc(64));
  await new Promise((resolve) => socket.on("close", resolve));
  assert.doesNotMatch(Buffer.concat(heard).toString("latin1"), /ok/);
});

test("has no password in its arguments, environment or log", () => {
  const folders = readdirSync(cluster.folder, { recursive: true, encoding: "utf8" });
  const notes = folders.filter((path) => path.endsWith(".pid.json"));
  assert.equal(notes.length, 2);
  for (const note of notes) {
    const { pid } = JSON.parse(readFileSync(join(cluster.folder, note), "utf8"));
    const told = readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "utf8");
    assert.doesNotMatch(told, /AVNS_/);
    assert.doesNotMatch(readFileSync(join(cluster.folder, note.replace(/[^/]*$/, "log")), "utf8"), /AVNS_/);
  }
  assert.doesNotMatch(cluster.logged.join("\n"), /AVNS_/);
});

test("gives a user the rights of its role, in its databases alone", async () => {
  const documents = (it: MongoClient, database = "product") => it.db(database).collection("documents");
  await as(product, async (it) => {
    await documents(it).insertMany([{ number: 1 }, { number: 2 }]);
    await documents(it).createIndex({ number: 1 }, { unique: true });
    await it.db("product").collection("scratch").insertOne({});
    assert.equal(await it.db("product").collection("scratch").drop(), true);
    await assert.rejects(documents(it, "other").insertOne({}), DENIED);
    await assert.rejects(documents(it, "elsewhere").insertOne({}), DENIED);
    await assert.rejects(it.db("product").dropDatabase(), DENIED);
  });
  await as(other, async (it) => {
    await documents(it, "other").insertOne({ secret: true });
    await assert.rejects(documents(it).find().toArray(), DENIED);
    await assert.rejects(documents(it).insertOne({}), DENIED);
    await assert.rejects(documents(it).drop(), DENIED);
    // FerretDB keeps no names from anyone; documents and the list of databases are PostgreSQL's to give.
    const names = (await it.db("product").listCollections().toArray()).map(({ name }) => name);
    assert.deepEqual(names, ["documents"]);
    const { databases } = await it.db().admin().listDatabases();
    assert.deepEqual(
      databases.map(({ name }) => name),
      ["other"],
    );
  });
  await as(reader, async (it) => {
    assert.equal(await documents(it).countDocuments({}), 2);
    await assert.rejects(documents(it).insertOne({}), DENIED);
    await assert.rejects(documents(it).deleteMany({}), DENIED);
    await assert.rejects(documents(it).createIndex({ other: 1 }), DENIED);
    await assert.rejects(documents(it, "other").findOne(), DENIED);
  });
  await as(keeper, async (it) => {
    await documents(it).createIndex({ date: 1 });
    await it.db("product").createCollection("made");
    await assert.rejects(documents(it).findOne(), DENIED);
    await assert.rejects(documents(it).insertOne({}), DENIED);
  });
  await as(auditor, async (it) => {
    assert.deepEqual((await documents(it, "other").findOne())?.secret, true);
    assert.equal(await documents(it).countDocuments({}), 2);
    await assert.rejects(documents(it).insertOne({}), DENIED);
  });
  for (const login of [admin, plain])
    await as(login, async (it) => {
      await documents(it).insertOne({ by: login.name, number: login.name });
      await documents(it, `of-${login.name}`).insertOne({});
      const { databases } = await it.db().admin().listDatabases();
      const names = databases.map(({ name }) => name);
      for (const name of ["admin", "other", "product", `of-${login.name}`]) assert.ok(names.includes(name));
      assert.equal(await it.db(`of-${login.name}`).dropDatabase(), true);
    });
  await as(product, async (it) => assert.equal(await documents(it).countDocuments({}), 4));
});

test("follows a user's role, and refuses one that is gone", async () => {
  await as(reader, async (it) => {
    const documents = it.db("product").collection("documents");
    await assert.rejects(documents.insertOne({ number: "reader" }), DENIED);
    const changed = user("reader", "readWrite", "product");
    await cluster.apply({ users: users.map((one) => (one === reader ? changed : one)) });
    await documents.insertOne({ number: "reader" });
    await cluster.apply({ users });
    await assert.rejects(documents.insertOne({ number: "reader again" }), DENIED);
    await cluster.apply({ users: users.filter((one) => one !== reader) });
    await assert.rejects(documents.findOne());
    await cluster.apply({ users });
  });
});

test("refuses the old password once it is rotated, also on connections that were open", async () => {
  const [before, after] = [product, { ...product, password: "AVNS_rotated" }];
  await as(before, async (it) => {
    assert.equal((await ping(it)).ok, 1);
    await cluster.apply({ users: users.map((one) => (one === product ? after : one)) });
    await assert.rejects(it.db("product").collection("documents").findOne());
    await assert.rejects(it.db("product").collection("documents").insertOne({ number: "old" }));
  });
  await as(before, (it) => assert.rejects(it.db("product").collection("documents").findOne()));
  await as(after, async (it) => assert.ok(await it.db("product").collection("documents").findOne()));
  await cluster.apply({ users });
});

test("has the API's databases, and drops one that the API deletes and no other", async () => {
  const names = () =>
    as(admin, async (it) => (await it.db().admin().listDatabases()).databases.map(({ name }) => name));
  await cluster.apply({ databases: ["admin", "product", "reports"] });
  await as(admin, (it) => it.db("by-hand").collection("documents").insertOne({}));
  assert.deepEqual(await names(), ["admin", "by-hand", "other", "product", "reports"]);
  await as(admin, (it) => it.db("reports").collection("documents").insertOne({}));
  await cluster.apply({ databases: ["admin", "product"] });
  assert.deepEqual(await names(), ["admin", "by-hand", "other", "product"]);
});

test("loses no acknowledged document to kill -9 of either process, and comes back by itself", async () => {
  for (const name of ["mongodb", "postgres"]) {
    const pid = pidOf(name);
    const acknowledged = await writeUntil(name, 100, () => {
      process.kill(pid, "SIGKILL");
    });
    await until(() =>
      as(admin, ping).then(
        () => pidOf(name) !== pid,
        () => false,
      ),
    );
    await holdsAll(name, acknowledged);
  }
});

test("loses no acknowledged document to kill -9 of everything", async () => {
  const kill = await cluster.elsewhere(new URL("server.ts", import.meta.url).href, "mongodb");
  const pids = [pidOf("mongodb"), pidOf("postgres")];
  const acknowledged = await writeUntil("everything", 100, () => {
    for (const pid of pids) process.kill(pid, "SIGKILL");
    return kill();
  });
  // A process that was killed can be in the way for a moment: the cloud tries again then.
  await until(() =>
    cluster.apply().then(
      () => true,
      () => false,
    ),
  );
  await holdsAll("everything", acknowledged);
  // The rights are what they were, and the whole list of databases is known, whoever comes first.
  await as(other, (it) => assert.rejects(it.db("product").collection("documents").findOne(), DENIED));
  await as(admin, async (it) => assert.ok(await it.db("by-hand").collection("documents").findOne()));
});

test("forks a backup, with documents, indexes and rights as they were", async () => {
  const backup = await cluster.server.backUp();
  assert.deepEqual(
    cluster.server.backups().map(({ id }) => id),
    [backup.id],
  );
  const kept = await as(product, (it) => it.db("product").collection("documents").countDocuments({}));
  const at = await as(admin, async (it) => {
    await it
      .db("product")
      .collection("late")
      .insertOne({ _id: 1 as never });
    const { localTime } = await it.db("admin").command({ hello: 1 });
    return localTime.getTime() + 1;
  });
  await as(admin, async (it) => {
    await it.db("product").collection("documents").deleteMany({});
    await it.db("product").collection("late").drop();
  });
  const source = { kind: "backup" as const, cluster: cluster.spec.id, backup: backup.id, at };
  const spec = {
    version: "7.0",
    users: [{ ...admin, password: "AVNS_fork" }, ...users.slice(1)],
    databases: ["admin"],
  };
  const fork = new TestCluster(mongodb, { ...spec, source }, [cluster]);
  await fork.apply();
  await as(
    product,
    async (it) => {
      const documents = it.db("product").collection("documents");
      assert.equal(await documents.countDocuments({}), kept);
      assert.ok((await documents.indexes()).some(({ unique, key }) => unique && key.number === 1));
      assert.equal(await it.db("product").collection("late").countDocuments({}), 1);
      await assert.rejects(it.db("other").collection("documents").findOne(), DENIED);
    },
    fork,
  );
  await as(
    { ...admin, password: "AVNS_fork" },
    async (it) => {
      assert.ok(await it.db("by-hand").collection("documents").findOne());
    },
    fork,
  );
  await as(admin, (it) => assert.rejects(ping(it)), fork);
  assert.equal(await as(product, (it) => it.db("product").collection("documents").countDocuments({})), 0);
});

function pidOf(name: string): number {
  const files = readdirSync(cluster.folder, { recursive: true, encoding: "utf8" });
  const note = files.find((path) => path.endsWith(`/${name}.pid.json`));
  return note === undefined ? 0 : JSON.parse(readFileSync(join(cluster.folder, note), "utf8")).pid;
}

/** Writes from several connections at once; strikes when so many were acknowledged, and returns all that were. */
async function writeUntil(
  collection: string,
  count: number,
  strike: () => void | Promise<void>,
): Promise<string[]> {
  const acknowledged: string[] = [];
  let struck: void | Promise<void> | undefined;
  const write = (writer: number) =>
    as(product, async (it) => {
      for (let number = 0; ; number++) {
        const _id = `${writer} ${number}` as never;
        await it.db("product").collection(collection).insertOne({ _id });
        acknowledged.push(_id);
        if (acknowledged.length === count) struck = strike();
      }
    }).catch(() => {});
  await Promise.all([0, 1, 2, 3].map(write));
  await struck;
  return acknowledged;
}

async function holdsAll(collection: string, ids: readonly string[]): Promise<void> {
  assert.ok(ids.length >= 100);
  const found = await as(product, (it) => it.db("product").collection(collection).find().toArray());
  const there = new Set(found.map(({ _id }) => String(_id)));
  assert.deepEqual(
    ids.filter((id) => !there.has(id)),
    [],
  );
}
