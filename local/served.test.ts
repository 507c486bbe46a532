import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { Authority, makeAuthority } from "./certificates.ts";
import { runningBelow } from "./dataplane/process.ts";
import { dataFolderOf } from "./dataplane/programs.ts";
import { homeOf } from "./index.ts";
import { CLUSTER, DROPLET, KEYS, type Made } from "./testing.ts";
import {
  type Address,
  addressOf,
  caOf,
  isLetIn,
  online,
  onlineCluster,
  query,
  servedCloud,
  servedHome,
  servedProcess,
} from "./testing-served.ts";

// Clusters with servers behind them, as clients of the API and of the servers see them.

const people = "create table person (id int primary key, name text)";

test("a cluster is reached over verified TLS alone, with the password that the API tells", async (t) => {
  const { cloud } = await servedCloud(t);
  const cluster = await onlineCluster(cloud, "orders");
  const ca = await caOf(cloud, cluster.id);
  const address = addressOf(cluster);
  const [row] = await query<{ name: string; version: string }>(
    ca,
    address,
    "select current_database() name, current_setting('server_version') version",
  );
  assert.equal(row?.name, "defaultdb");
  assert.match(row?.version ?? "", /^17\./);
  const other = new Authority(makeAuthority("other"), "other").certificate;
  await assert.rejects(query(other, address, "select 1"), /unable to verify|self-signed certificate/);
  await assert.rejects(query(undefined, address, "select 1"), /no pg_hba.conf entry|no encryption/);
  await assert.rejects(
    query(ca, { ...address, password: "wrong" }, "select 1"),
    /password authentication failed/,
  );
  const { private_connection } = cluster as { private_connection?: { host: string } };
  await query(ca, { ...address, host: private_connection?.host ?? "" }, "select 1");
});

test("what the API answered of users and databases is there with the answer", async (t) => {
  const { cloud } = await servedCloud(t);
  const cluster = await onlineCluster(cloud, "orders");
  const at = `/v2/databases/${cluster.id}`;
  const ca = await caOf(cloud, cluster.id);
  await cloud.make(`${at}/dbs`, { name: "shop" });
  const user = await cloud.make<{ password: string }>(`${at}/users`, { name: "app" });
  const address = { ...addressOf(cluster), user: "app", database: "shop", password: user.password };
  await query(ca, address, "select 1");
  const { body } = await cloud.post<{ user: { password: string } }>(`${at}/users/app/reset_auth`, {});
  await query(ca, { ...address, password: body.user.password }, "select 1");
  await assert.rejects(query(ca, address, "select 1"), /password authentication failed/);
  assert.equal((await cloud.patch(`${at}/config`, { config: { work_mem: 8 } })).status, 200);
  assert.deepEqual(await query(ca, addressOf(cluster), "show work_mem"), [{ work_mem: "8MB" }]);
  assert.equal((await cloud.delete(`${at}/users/app`)).status, 204);
  await assert.rejects(
    query(ca, { ...address, password: body.user.password }, "select 1"),
    /password authentication failed/,
  );
  assert.equal((await cloud.post(`${at}/users`, { name: "pg_app" })).status, 422);
});

test("trusted sources decide at once who gets through: addresses, ranges, droplets and tags", async (t) => {
  const { cloud } = await servedCloud(t);
  const cluster = await onlineCluster(cloud, "orders");
  const address = addressOf(cluster);
  const key = await cloud.make<{ id: number }>("/v2/account/keys", { name: "key", ...KEYS[0] });
  const droplet = await cloud.make("/v2/droplets", {
    ...DROPLET,
    name: "web",
    ssh_keys: [key.id],
    tags: ["web"],
  });
  const found = await cloud.get<{ droplet: { networks: { v4: { type: string; ip_address: string }[] } } }>(
    `/v2/droplets/${droplet.id}`,
  );
  const home = found.body.droplet.networks.v4.find(({ type }) => type === "public")?.ip_address ?? "";
  const trust = async (...rules: object[]) =>
    assert.equal((await cloud.put(`/v2/databases/${cluster.id}/firewall`, { rules })).status, 204);
  const letIn = async () => [await isLetIn(address, "127.0.0.1"), await isLetIn(address, home)];

  assert.deepEqual(await letIn(), [true, true], "without trusted sources everyone may connect");
  await trust({ type: "ip_addr", value: "10.1.2.3" });
  assert.deepEqual(await letIn(), [false, false]);
  await trust({ type: "ip_addr", value: "127.0.0.0/24" });
  assert.deepEqual(await letIn(), [true, false]);
  await trust({ type: "droplet", value: String(droplet.id) });
  assert.deepEqual(await letIn(), [false, true]);
  await trust({ type: "tag", value: "web" }, { type: "ip_addr", value: "127.0.0.1" });
  assert.deepEqual(await letIn(), [true, true]);
  await cloud.delete("/v2/tags/web");
  assert.deepEqual(await letIn(), [true, false]);
});

test("a cloud that ends in order stops its servers, and the next one brings all back under the same certificate", async (t) => {
  const home = servedHome(t);
  const first = await servedProcess(home);
  const names = ["orders", "people"];
  const made: Made[] = [];
  for (const name of names) made.push(await onlineCluster(first.cloud, name));
  const cache = await onlineCluster(first.cloud, "cache", { engine: "valkey", version: "8" });
  const ca = await caOf(first.cloud, made[0]?.id ?? "");
  for (const cluster of made) await query(ca, addressOf(cluster), people);
  const pids = processesOf(home, [...made, cache]);
  assert.equal(pids.length, 3);
  first.child.kill("SIGTERM");
  assert.deepEqual(await once(first.child, "exit"), [0, null]);
  assert.deepEqual(processesOf(home, [...made, cache]), []);

  const { cloud } = await servedCloud(t, home);
  for (const cluster of made) {
    assert.deepEqual(addressOf(await online(cloud, cluster.id)), addressOf(cluster));
    assert.deepEqual(await query(ca, addressOf(cluster), "select * from person"), []);
  }
  assert.equal((await online(cloud, cache.id)).status, "online");
});

test("kill -9 of the cloud amid writes: nothing that was acknowledged is missing after a restart", async (t) => {
  const home = servedHome(t);
  const { cloud, child } = await servedProcess(home);
  const cluster = await onlineCluster(cloud, "orders");
  const ca = await caOf(cloud, cluster.id);
  await query(ca, addressOf(cluster), "create table entry (id text primary key)");
  const written = new Set<string>();
  const dbs = new Set<string>();
  const enough = Promise.withResolvers<void>();
  const write = async (worker: number) => {
    try {
      for (let number = 0; ; number++) {
        const id = `${worker}-${number}`;
        await query(ca, addressOf(cluster), `insert into entry values ('${id}')`);
        written.add(id);
        if (written.size >= 60) enough.resolve();
      }
    } catch {} // the cloud is gone
  };
  const change = async () => {
    try {
      for (let number = 0; ; number++) {
        const name = `db${number}`;
        if ((await cloud.post(`/v2/databases/${cluster.id}/dbs`, { name })).status === 201) dbs.add(name);
      }
    } catch {}
  };
  const load = [write(1), write(2), write(3), change()];
  await enough.promise;
  child.kill("SIGKILL");
  await Promise.all(load);
  const left = processesOf(home, [cluster]);
  assert.equal(left.length, 1, "the server outlives its cloud");

  const next = await servedCloud(t, home);
  await online(next.cloud, cluster.id);
  assert.notDeepEqual(processesOf(home, [cluster]), left, "what was left is ended");
  const rows = await query<{ id: string }>(ca, addressOf(cluster), "select id from entry");
  const kept = new Set(rows.map(({ id }) => id));
  assert.deepEqual(
    [...written].filter((id) => !kept.has(id)),
    [],
  );
  for (const database of dbs) await query(ca, { ...addressOf(cluster), database }, "select 1");
});

test("backups are listed as the server has them, made on demand, and forked: the newest, a listed one, or any time", async (t) => {
  const { cloud } = await servedCloud(t);
  const cluster = await onlineCluster(cloud, "orders");
  const ca = await caOf(cloud, cluster.id);
  const at = `/v2/databases/${cluster.id}/backups`;
  interface Backup {
    created_at: string;
    size_gigabytes: number;
  }
  let listed = await cloud.get<{ backups: Backup[] }>(at);
  for (; listed.status === 412; await delay(50)) listed = await cloud.get<{ backups: Backup[] }>(at);
  assert.equal(listed.body.backups.length, 1);
  assert.ok((listed.body.backups[0]?.size_gigabytes ?? 0) > 0.001);
  const address = addressOf(cluster);
  await query(ca, address, people);
  await query(ca, address, "insert into person values (1, 'Ada')");
  const made = await cloud.post<{ backup: Backup }>(`/_local/databases/${cluster.id}/backups`);
  assert.equal(made.status, 201);
  assert.deepEqual((await cloud.get<{ backups: Backup[] }>(at)).body.backups.at(-1), made.body.backup);
  await query(ca, address, "insert into person values (2, 'Grace')");
  const [clock] = await query<{ now: Date }>(ca, address, "select clock_timestamp() now");
  await query(ca, address, "delete from person");

  const fork = async (name: string, backup_created_at?: string) => {
    const restored = await onlineCluster(cloud, name, {
      backup_restore: { database_name: "orders", ...(backup_created_at && { backup_created_at }) },
    });
    assert.deepEqual((await cloud.get(`/v2/databases/${restored.id}/firewall`)).body, { rules: [] });
    return query<{ name: string }>(ca, addressOf(restored), "select name from person order by id");
  };
  assert.deepEqual(await fork("listed", made.body.backup.created_at), [{ name: "Ada" }]);
  assert.deepEqual(await fork("any", clock?.now.toISOString()), [{ name: "Ada" }, { name: "Grace" }]);
  const tooEarly = await cloud.post<{ message: string }>("/v2/databases", {
    ...CLUSTER,
    name: "early",
    backup_restore: { database_name: "orders", backup_created_at: "2020-01-01T00:00:00Z" },
  });
  assert.equal(tooEarly.status, 422);
  assert.match(tooEarly.body.message, /between the oldest backup's end \(2.+Z\) and now/);
});

test("kill -9 of a primary amid writes: a standby takes over with all that was acknowledged, and the API shows the event", async (t) => {
  const home = servedHome(t);
  const { cloud } = await servedCloud(t, home);
  const facts = { num_nodes: 2, size: "db-s-1vcpu-2gb" };
  const cluster = await onlineCluster(cloud, "orders", facts);
  const ca = await caOf(cloud, cluster.id);
  const address = addressOf(cluster);
  await query(ca, address, "create table entry (id int primary key)");
  const written: number[] = [];
  const enough = Promise.withResolvers<void>();
  let isOver = false;
  const writing = (async () => {
    for (let id = 0; !isOver; id++) {
      try {
        await query(ca, address, `insert into entry values (${id})`);
        written.push(id);
      } catch {} // while nobody is the primary
      if (written.length === 20) enough.resolve();
    }
  })();
  await enough.promise;
  process.kill(await primaryOf(ca, address), "SIGKILL");
  interface Event {
    event_type: string;
  }
  const events = async () =>
    (await cloud.get<{ events: Event[] }>(`/v2/databases/${cluster.id}/events`)).body.events;
  while (!(await events()).some(({ event_type }) => event_type === "cluster_master_promotion"))
    await delay(50);
  const before = written.length;
  while (written.length === before) await delay(50);
  isOver = true;
  await writing;
  const kept = new Set(
    (await query<{ id: number }>(ca, address, "select id from entry")).map(({ id }) => id),
  );
  assert.deepEqual(
    written.filter((id) => !kept.has(id)),
    [],
  );
});

test("deleting a cluster ends its server and deletes its data", async (t) => {
  const home = servedHome(t);
  const { cloud, running } = await servedCloud(t, home);
  const cluster = await onlineCluster(cloud, "orders");
  const [pid] = processesOf(home, [cluster]);
  assert.ok(pid);
  assert.equal((await cloud.delete(`/v2/databases/${cluster.id}`)).status, 204);
  await running.close();
  assert.deepEqual(processesOf(home, [cluster]), []);
  assert.ok(!existsSync(join(dataFolderOf(homeOf(home).folder), cluster.id)));
});

/** The processes of clusters' servers that the cloud started. */
function processesOf(home: string, all: readonly Made[]): number[] {
  const folder = dataFolderOf(homeOf(home).folder);
  return all.flatMap(({ id }) => runningBelow(join(folder, id)));
}

/** The main process of the server that answers at an address: the parent of a connection's own. */
async function primaryOf(ca: string, address: Address): Promise<number> {
  const client = new pg.Client({ ...address, ssl: { ca } });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() pid");
    const status = readFileSync(`/proc/${rows[0]?.pid}/status`, "utf8");
    return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
  } finally {
    await client.end();
  }
}
