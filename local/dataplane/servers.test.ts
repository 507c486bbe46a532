import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mock, type TestContext, test } from "node:test";
import { homeOf, startCloud } from "../index.ts";
import { CLUSTER, Client, type Made, online, onlineCluster, temporaryFolder } from "../testing.ts";
import { closeBefore, servedHome } from "../testing-served.ts";
import { type Backup, type DatabaseServer, type Engine, ProgramMissing, type ServerSpec } from "./engine.ts";
import { dataFolderOf } from "./programs.ts";

// What the plane asks of servers, and what it makes of their answers.

/** A server that does what the test says, and notes what it was asked for. */
class Fake implements DatabaseServer {
  readonly asked: string[] = [];
  readonly specs: ServerSpec[] = [];
  readonly made: Backup[] = [];
  applies: (spec: ServerSpec) => Promise<void> = async () => {};

  async apply(spec: ServerSpec): Promise<void> {
    this.asked.push("apply");
    await this.applies(spec);
    this.specs.push(spec);
  }
  connect(): number {
    throw new Error("nothing serves here");
  }
  async stop(): Promise<void> {
    this.asked.push("stop");
  }
  async destroy(): Promise<void> {
    this.asked.push("destroy");
  }
  backups(): readonly Backup[] {
    return this.made;
  }
  async backUp(): Promise<Backup> {
    const now = Date.now();
    const backup = { id: String(this.made.length), startedAt: now, endedAt: now, bytes: 1024 ** 3 / 2 };
    this.made.push(backup);
    return backup;
  }
}

interface Scene {
  cloud: Client;
  /** In the order in which the plane made them. */
  fakes: Fake[];
  log: string[];
  home: string;
  close(): Promise<void>;
}

async function scene(
  t: TestContext,
  prepare: (fake: Fake) => void = () => {},
  home = servedHome(t),
): Promise<Scene> {
  const fakes: Fake[] = [];
  const engine: Engine = {
    ports: [],
    server() {
      const fake = new Fake();
      prepare(fake);
      fakes.push(fake);
      return fake;
    },
  };
  const log: string[] = [];
  const running = await startCloud({
    home,
    port: 0,
    servers: { pg: engine, valkey: engine },
    log: (line) => log.push(line),
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= running.close();
    return closed;
  };
  closeBefore(home, close);
  return { cloud: new Client(running), fakes, log, home, close };
}

const statusOf = async (cloud: Client, id: string) =>
  (await cloud.get<{ database: Made }>(`/v2/databases/${id}`)).body.database.status;
const serversOf = async (cloud: Client) =>
  (await cloud.get<{ servers: { name: string; state: string; why?: string }[] }>("/_local/servers")).body
    .servers;

test("a cluster is creating until its server is as it is to be", async (t) => {
  const ready = Promise.withResolvers<void>();
  const { cloud, fakes } = await scene(t, (fake) => {
    fake.applies = () => ready.promise;
  });
  const { id } = await cloud.make("/v2/databases", { ...CLUSTER, name: "orders" });
  assert.equal(await statusOf(cloud, id), "creating");
  assert.equal((await cloud.patch(`/v2/databases/${id}/config`, { config: {} })).status, 412);
  ready.resolve();
  await online(cloud, id);
  assert.partialDeepStrictEqual(fakes[0]?.specs[0], {
    id,
    name: "orders",
    version: "17",
    nodes: 1,
    memoryMib: 1024,
    users: [{ name: "doadmin" }],
    databases: ["defaultdb"],
  });
});

test("a change of an online cluster is answered when it is applied, and the cluster stays online meanwhile", async (t) => {
  const { cloud, fakes } = await scene(t);
  const { id } = await onlineCluster(cloud, "orders");
  const [fake] = fakes;
  assert.ok(fake);
  const begun = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  fake.applies = () => {
    begun.resolve();
    return ready.promise;
  };
  let isAnswered = false;
  const change = cloud.post(`/v2/databases/${id}/dbs`, { name: "shop" }).then((answer) => {
    isAnswered = true;
    return answer.status;
  });
  await begun.promise;
  assert.equal(await statusOf(cloud, id), "online");
  assert.equal(isAnswered, false);
  ready.resolve();
  assert.equal(await change, 201);
  assert.deepEqual(fake.specs.at(-1)?.databases, ["defaultdb", "shop"]);
  assert.equal((await cloud.get(`/v2/databases/${id}/dbs`)).status, 200);
  assert.equal(fake.asked.length, 2, "a read asks nothing of the server");
});

test("a resize shows until the servers have it", async (t) => {
  const { cloud, fakes } = await scene(t);
  const { id } = await onlineCluster(cloud, "orders");
  const ready = Promise.withResolvers<void>();
  for (const fake of fakes) fake.applies = () => ready.promise;
  const size = { size: "db-s-1vcpu-2gb", num_nodes: 2 };
  assert.equal((await cloud.put(`/v2/databases/${id}/resize`, size)).status, 202);
  assert.equal(await statusOf(cloud, id), "resizing");
  ready.resolve();
  await online(cloud, id);
  assert.partialDeepStrictEqual(fakes[0]?.specs.at(-1), { nodes: 2, memoryMib: 2048 });
});

test("a server that was up before is told that it has data, by the next cloud too", async (t) => {
  const home = servedHome(t);
  const first = await scene(t, undefined, home);
  const { id } = await onlineCluster(first.cloud, "orders");
  await first.cloud.post(`/v2/databases/${id}/dbs`, { name: "shop" });
  await first.close();
  const second = await scene(t, undefined, home);
  await online(second.cloud, id);
  const told = [...first.fakes, ...second.fakes].flatMap(({ specs }) => specs.map(({ isMade }) => isMade));
  assert.deepEqual(told, [false, true, true]);
});

test("a change that fails on an online cluster leaves it online and says why, until the next one brings both", async (t) => {
  const { cloud, fakes, log } = await scene(t);
  const { id } = await onlineCluster(cloud, "orders");
  const [fake] = fakes;
  assert.ok(fake);
  fake.applies = () => Promise.reject(new Error("no space left"));
  // The platform takes a change before it is there, too.
  assert.equal((await cloud.post(`/v2/databases/${id}/dbs`, { name: "shop" })).status, 201);
  assert.equal(await statusOf(cloud, id), "online");
  assert.partialDeepStrictEqual((await serversOf(cloud))[0], { state: "serving", why: "no space left" });
  assert.match(await (await fetch(cloud.url)).text(), /serving: no space left/);
  assert.equal(log.filter((line) => line.includes("no space left")).length, 1);
  fake.applies = async () => {};
  assert.equal((await cloud.post(`/v2/databases/${id}/dbs`, { name: "more" })).status, 201);
  assert.deepEqual(fake.specs.at(-1)?.databases, ["defaultdb", "shop", "more"]);
  assert.equal((await serversOf(cloud))[0]?.why, undefined);
});

test("a server that does not come up says why, and is tried again", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  let isBroken = true;
  const { cloud, log } = await scene(t, (fake) => {
    fake.applies = async () => {
      if (isBroken) throw new Error("no space\n  left");
    };
  });
  const { id } = await cloud.make("/v2/databases", { ...CLUSTER, name: "orders" });
  const failed = async () => (await serversOf(cloud))[0];
  while ((await failed())?.why === undefined);
  assert.partialDeepStrictEqual(await failed(), { name: "orders", state: "starting", why: "no space; left" });
  assert.equal(await statusOf(cloud, id), "creating");
  assert.match(await (await fetch(cloud.url)).text(), /starting: no space; left/);
  assert.equal(log.filter((line) => line.includes("can't be brought up: no space; left")).length, 1);
  isBroken = false;
  mock.timers.tick(5_000);
  await online(cloud, id);
  assert.partialDeepStrictEqual(await failed(), { state: "serving" });
});

test("without its program an engine's clusters exist at the API alone, and one line says why", async (t) => {
  const { cloud, log } = await scene(t, (fake) => {
    fake.applies = () => Promise.reject(new ProgramMissing("PostgreSQL has no program for this machine"));
  });
  const cluster = await onlineCluster(cloud, "orders");
  assert.equal((await cloud.post(`/v2/databases/${cluster.id}/dbs`, { name: "shop" })).status, 201);
  assert.deepEqual(await serversOf(cloud), [
    {
      id: cluster.id,
      name: "orders",
      state: "unserved",
      why: "PostgreSQL has no program for this machine",
      admits_this_machine: true,
    },
  ]);
  assert.equal(log.filter((line) => line.includes("is not served: PostgreSQL has no program")).length, 1);
  const kafka = { engine: "kafka", version: "3.8", num_nodes: 3, size: "db-s-2vcpu-2gb" };
  await onlineCluster(cloud, "events", kafka);
  assert.deepEqual((await serversOf(cloud))[1]?.state, "unserved");
});

test("backups are listed from the server: the first by itself, others on demand; a cache has none", async (t) => {
  const { cloud, fakes } = await scene(t);
  const { id } = await onlineCluster(cloud, "orders");
  const at = `/v2/databases/${id}/backups`;
  while ((await cloud.get(at)).status === 412);
  const listed = await cloud.get<{ backups: object[] }>(at);
  assert.partialDeepStrictEqual(listed.body.backups, [{ size_gigabytes: 0.5, incremental: false }]);
  assert.equal((await cloud.post(`/_local/databases/${id}/backups`)).status, 201);
  assert.equal(fakes[0]?.made.length, 2);
  const cache = await onlineCluster(cloud, "cache", { engine: "valkey", version: "8" });
  assert.equal((await cloud.post(`/_local/databases/${cache.id}/backups`)).status, 412);
  assert.equal(fakes[1]?.made.length, 0);
});

test("a fork's server is made of the backup, a cache's of the other's state, a replica of its primary", async (t) => {
  const { cloud, fakes } = await scene(t);
  const source = await onlineCluster(cloud, "orders");
  const at = `/v2/databases/${source.id}`;
  while ((await cloud.get(`${at}/backups`)).status === 412);
  const restore = { database_name: "orders" };
  await onlineCluster(cloud, "fork", { backup_restore: restore });
  assert.deepEqual(fakes[1]?.specs[0]?.source, { kind: "backup", cluster: source.id, backup: "0" });
  const now = new Date(Date.now() - 1);
  while (now.getMilliseconds() === 0 || now.getTime() < (fakes[0]?.made[0]?.endedAt ?? 0))
    now.setTime(Date.now());
  await onlineCluster(cloud, "moment", {
    backup_restore: { ...restore, backup_created_at: now.toISOString() },
  });
  assert.deepEqual(fakes[2]?.specs[0]?.source, {
    kind: "backup",
    cluster: source.id,
    backup: "0",
    at: now.getTime(),
  });
  const replica = await cloud.make(`${at}/replicas`, { name: "reader" });
  await cloud.get(at);
  assert.deepEqual(fakes[3]?.specs[0]?.source, { kind: "replica", cluster: source.id });
  await cloud.put(`${at}/replicas/${replica.name}/promote`);
  assert.equal(fakes[3]?.specs.at(-1)?.source, undefined);
  const cache = await onlineCluster(cloud, "cache", { engine: "valkey", version: "8" });
  await onlineCluster(cloud, "copy", {
    engine: "valkey",
    version: "8",
    backup_restore: { database_name: "cache" },
  });
  assert.deepEqual(fakes[5]?.specs[0]?.source, { kind: "copy", cluster: cache.id });
});

test("where any time is off, only a listed backup's is taken", async (t) => {
  const home = temporaryFolder(t);
  const running = await startCloud({ home, port: 0, restoresToAnyTime: false });
  t.after(() => running.close());
  const cloud = new Client(running);
  await onlineCluster(cloud, "orders");
  const { status, body } = await cloud.post<{ message: string }>("/v2/databases", {
    ...CLUSTER,
    name: "fork",
    backup_restore: { database_name: "orders", backup_created_at: new Date(Date.now() - 1).toISOString() },
  });
  assert.deepEqual([status, body.message], [422, "backup_restore: there is no backup of this time"]);
});

test("a cloud ends also while a server is on its way", async (t) => {
  const home = servedHome(t);
  const first = await scene(t, undefined, home);
  await onlineCluster(first.cloud, "orders");
  await first.close();
  const begun = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  const second = await scene(
    t,
    (fake) => {
      fake.applies = () => {
        begun.resolve();
        return ready.promise;
      };
    },
    home,
  );
  await begun.promise;
  const closed = second.close();
  ready.resolve();
  await closed;
  assert.deepEqual(second.fakes[0]?.asked, ["apply", "stop"]);
});

test("a server leaves with its cluster, and with what a killed cloud left; another cloud's start finds the rest again", async (t) => {
  const home = servedHome(t);
  const first = await scene(t, undefined, home);
  const kept = await onlineCluster(first.cloud, "kept");
  const gone = await onlineCluster(first.cloud, "gone");
  const folder = dataFolderOf(homeOf(home).folder);
  const certificate = () => readFileSync(join(folder, kept.id, "certificate.json"), "utf8");
  const before = certificate();
  await first.cloud.delete(`/v2/databases/${gone.id}`);
  await first.close();
  assert.deepEqual(first.fakes[1]?.asked, ["apply", "destroy"]);
  assert.ok(!existsSync(join(folder, gone.id)));
  assert.deepEqual(first.fakes[0]?.asked, ["apply", "stop"]);

  mkdirSync(join(folder, "stray"));
  writeFileSync(join(folder, "stray", "data"), "");
  const second = await scene(t, undefined, home);
  assert.deepEqual((await online(second.cloud, kept.id)).connection, kept.connection);
  assert.equal(certificate(), before);
  assert.ok(!existsSync(join(folder, "stray")));
  await second.cloud.post("/_local/reset");
  assert.deepEqual(second.fakes[0]?.asked, ["apply", "destroy"]);
});
