import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runningBelow } from "../../local/dataplane/process.ts";
import { dataFolderOf } from "../../local/dataplane/programs.ts";
import { until } from "../../local/dataplane/testing.ts";
import { homeOf } from "../../local/index.ts";
import {
  addressOf,
  caOf,
  onlineCluster,
  query,
  type Served,
  servedCloud,
  servedHome,
} from "../../local/testing-served.ts";

// Data that somebody deletes behind the cloud's back: never an empty cluster in their place.

const ENGINES = { pg: "17", mongodb: "7", valkey: "8" };

const whyOf = async ({ cloud }: Served, id: string): Promise<string> => {
  const { body } = await cloud.get<{ servers: { id: string; state: string; why?: string }[] }>(
    "/_local/servers",
  );
  const server = body.servers.find((each) => each.id === id);
  return server?.why ? `${server.state}: ${server.why}` : "";
};

test("a cluster whose folder is gone at the cloud's start does not come back empty; its backups can be restored", async (t) => {
  const home = servedHome(t);
  const folder = (id: string, ...below: string[]) => join(dataFolderOf(homeOf(home).folder), id, ...below);
  const first = await servedCloud(t, home);
  const made = await Promise.all(
    Object.entries(ENGINES).map(([engine, version]) =>
      onlineCluster(first.cloud, `a-${engine}`, { engine, version }),
    ),
  );
  const kept = await onlineCluster(first.cloud, "kept");
  const ca = await caOf(first.cloud, kept.id);
  await query(ca, addressOf(kept), "create table entry as select 1 as n");
  assert.equal((await first.cloud.post(`/_local/databases/${kept.id}/backups`)).status, 201);
  await first.running.close();
  for (const { id } of made) rmSync(folder(id), { recursive: true });
  rmSync(folder(kept.id, "data", "17"), { recursive: true });

  const second = await servedCloud(t, home);
  for (const cluster of [...made, kept]) {
    await until(async () => (await whyOf(second, cluster.id)) !== "");
    assert.match(
      await whyOf(second, cluster.id),
      /^starting: the data of this cluster are gone from \/.+: put them back/,
    );
    const { body } = await second.cloud.get<{ database: { status: string } }>(`/v2/databases/${cluster.id}`);
    assert.notEqual(body.database.status, "online");
  }
  await assert.rejects(query(ca, addressOf(kept), "select 1"));
  const fork = await onlineCluster(second.cloud, "fork", { backup_restore: { database_name: "kept" } });
  assert.deepEqual(await query(ca, addressOf(fork), "select n from entry"), [{ n: 1 }]);
  for (const { id } of [...made, kept])
    assert.equal((await second.cloud.delete(`/v2/databases/${id}`)).status, 204);
});

test("a server that dies while its folder is gone does not come back empty", async (t) => {
  const home = servedHome(t);
  const served = await servedCloud(t, home);
  const cluster = await onlineCluster(served.cloud, "orders");
  const ca = await caOf(served.cloud, cluster.id);
  await query(ca, addressOf(cluster), "create table entry ()");
  const folder = join(dataFolderOf(homeOf(home).folder), cluster.id);
  const [pid] = runningBelow(folder);
  assert.ok(pid);
  rmSync(join(folder, "data"), { recursive: true });
  process.kill(pid, "SIGKILL");
  await until(() =>
    served.log.some((line) => /does not start: the data of this cluster are gone/.test(line)),
  );
  await assert.rejects(query(ca, addressOf(cluster), "select 1"));
});
