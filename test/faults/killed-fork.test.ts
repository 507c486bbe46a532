import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runningBelow } from "../../local/dataplane/process.ts";
import { dataFolderOf } from "../../local/dataplane/programs.ts";
import { until } from "../../local/dataplane/testing.ts";
import { homeOf } from "../../local/index.ts";
import { CLUSTER } from "../../local/testing.ts";
import {
  addressOf,
  caOf,
  online,
  onlineCluster,
  query,
  servedHome,
  servedProcess,
} from "../../local/testing-served.ts";

test("kill -9 of the cloud amid a fork: the next one finishes it, or takes away what is left when it is deleted", async (t) => {
  const home = servedHome(t);
  const folder = (id: string) => join(dataFolderOf(homeOf(home).folder), id);
  let { cloud, child } = await servedProcess(home);
  const source = await onlineCluster(cloud, "orders");
  const ca = await caOf(cloud, source.id);
  await query(ca, addressOf(source), "create table entry as select generate_series(1, 10000) as n");
  assert.equal((await cloud.post(`/_local/databases/${source.id}/backups`)).status, 201);

  /** Begins a fork and kills the cloud while its data are being made. */
  const begin = async (name: string) => {
    const { id } = await cloud.make("/v2/databases", {
      ...CLUSTER,
      name,
      backup_restore: { database_name: "orders" },
    });
    await until(() => existsSync(join(folder(id), "data", "recovering")));
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.ok(existsSync(join(folder(id), "data", "recovering")), "it was cut short");
    ({ cloud, child } = await servedProcess(home));
    return id;
  };

  const forked = await begin("finished");
  const finished = await online(cloud, forked);
  assert.deepEqual(await query(ca, addressOf(finished), "select count(*)::int as n from entry"), [
    { n: 10_000 },
  ]);

  const deleted = await begin("deleted");
  assert.equal((await cloud.delete(`/v2/databases/${deleted}`)).status, 204);
  await until(() => !existsSync(folder(deleted)) && runningBelow(folder(deleted)).length === 0);
  await online(cloud, source.id);
  assert.deepEqual(await query(ca, addressOf(source), "select count(*)::int as n from entry"), [
    { n: 10_000 },
  ]);
});
