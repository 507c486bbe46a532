import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "./cloud.ts";
import { Secret, stackFor } from "./stack.ts";

const cloud = await cloudForTests();

const cluster = (more = "", size = "db-s-1vcpu-2gb"): string => `
  const db = new digitalocean.DatabaseCluster("pg", { name: "pg-main", engine: "pg", version: "17", size: "${size}",
    region: "ams3", nodeCount: 1, tags: ["b:2", "a:1"], ${more} }, cloud);`;
const members = `
  const rules = [{ type: "ip_addr", value: "10.0.0.0/16" }, { type: "ip_addr", value: "10.1.0.0/16" }];
  const firewall = new digitalocean.DatabaseFirewall("fw", { clusterId: db.id, rules }, cloud);
  const after = { ...cloud, dependsOn: firewall };
  const shop = new digitalocean.DatabaseDb("shop", { clusterId: db.id, name: "shop" }, after);
  const user = new digitalocean.DatabaseUser("api", { clusterId: db.id, name: "api" }, after);
  const pool = new digitalocean.DatabaseConnectionPool("pool",
    { clusterId: db.id, name: "pool", mode: "transaction", size: 5, dbName: shop.name, user: user.name }, cloud);
  const settings = new digitalocean.DatabasePostgresqlConfig("settings", { clusterId: db.id, timezone: "UTC", backupHour: 3 }, cloud);
  export const uri = db.uri;
  export const ca = digitalocean.getDatabaseCaOutput({ clusterId: db.id }, cloud).certificate;`;

test("a cluster with its members: ids, secrets, no noise, resize in place, gone in order", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(cluster('maintenanceWindows: [{ day: "sunday", hour: "03:00" }]') + members);
  const steps = await stack.preview();
  assert.equal(steps.length, 6, "everything is planned, though what a cluster has is not known yet");
  await stack.up();
  assert.deepEqual(await stack.preview(), [], "03:00:00 is 03:00, and sets have no order");

  const { id, outputs } = await stack.resource("pg");
  for (const name of ["password", "uri", "privateUri"]) assert.ok(outputs[name] instanceof Secret, name);
  assert.equal(outputs.clusterUrn, `do:dbaas:${id}`);
  assert.ok(outputs.password instanceof Secret);
  assert.ok(!stack.stored().includes(String(outputs.password.value)), "the password lies nowhere in clear");
  assert.equal((await stack.resource("shop")).id, `${id}/database/shop`);
  assert.equal((await stack.resource("api")).id, `${id}/user/api`);
  assert.equal((await stack.resource("pool")).id, `${id}/pool`);
  assert.equal((await stack.resource("settings")).id, `${id}/postgresql-config`);
  assert.match((await stack.resource("fw")).id, new RegExp(`^${id}-\\d{18}`));
  assert.match(String((await stack.outputs()).ca), /^-----BEGIN CERTIFICATE-----/);

  stack.program(
    cluster('maintenanceWindows: [{ day: "monday", hour: "04:00" }]', "db-s-2vcpu-4gb") +
      members.replace("10.1.0.0/16", "10.2.0.0/16"),
  );
  const changed = await stack.preview();
  assert.deepEqual(Object.fromEntries(changed.map(({ name, op }) => [name, op])), {
    pg: "update",
    fw: "update",
  });
  const firewall = changed.find(({ name }) => name === "fw");
  assert.ok(Object.keys(firewall?.changes ?? {}).every((path) => path.startsWith("rules")));
  await stack.up();
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/databases/${id}`), {
    database: { size: "db-s-2vcpu-4gb", maintenance_window: { day: "monday" } },
  });
  assert.deepEqual(await stack.preview(), []);
  await stack.run(["refresh", "--preview-only", "--expect-no-changes"]);

  await stack.destroy();
  await assert.rejects(cloud.call("GET", `/v2/databases/${id}`), /404/);
});

test("import and refresh: by option, by command, and what has gone from the platform", async (t) => {
  const stack = await stackFor(t, cloud);
  const { database } = await cloud.call<{ database: { id: string } }>("POST", "/v2/databases", {
    name: "found",
    engine: "pg",
    version: "17",
    size: "db-s-1vcpu-2gb",
    region: "ams3",
    num_nodes: 1,
  });
  const { id } = database;
  await cloud.call("POST", `/v2/databases/${id}/dbs`, { name: "orders" });
  const adopt = (option: string): string => `
    new digitalocean.DatabaseCluster("found", { name: "found", engine: "pg", version: "17", size: "db-s-1vcpu-2gb",
      region: "ams3", nodeCount: 1 }, { ...cloud${option} });`;
  stack.program(adopt(`, import: "${id}"`));
  assert.equal((await stack.preview())[0]?.op, "import");
  await stack.up();
  assert.equal((await stack.resource("found")).id, id);
  stack.program(adopt(""));
  assert.deepEqual(await stack.preview(), [], "what was imported needs no change");

  const provider = (await stack.state()).find(({ type }) => type === "pulumi:providers:digitalocean");
  const member = ["digitalocean:index/databaseDb:DatabaseDb", "orders", `${id},orders`];
  await stack.run([
    "import",
    ...member,
    "--provider",
    `cloud=${provider?.urn}`,
    "--yes",
    "--generate-code=false",
    "--protect=false",
  ]);
  assert.partialDeepStrictEqual(await stack.resource("orders"), {
    id: `${id}/database/orders`,
    inputs: { clusterId: id, name: "orders" },
  });

  await cloud.call("PUT", `/v2/databases/${id}/resize`, { size: "db-s-2vcpu-4gb", num_nodes: 1 });
  await cloud.call("DELETE", `/v2/databases/${id}/dbs/orders`);
  const drift = await stack.attempt(["refresh", "--preview-only", "--expect-no-changes"]);
  assert.notEqual(drift.code, 0);
  await stack.refresh();
  assert.partialDeepStrictEqual((await stack.resource("found")).inputs, { size: "db-s-2vcpu-4gb" });
  await assert.rejects(stack.resource("orders"), /orders is not in the state/);
  assert.partialDeepStrictEqual(await stack.preview(), [
    { op: "update", name: "found", changes: { size: "update" } },
  ]);
});

test("a cluster that never comes online is not in the state, whatever customTimeouts say", async (t) => {
  const stack = await stackFor(t, cloud);
  await cloud.fault({ method: "POST", path: "/v2/databases", times: 1, effect: { kind: "stall" } });
  // 15 s is the official plugin's shortest look; the stand-in gives up when the time is over.
  stack.program(cluster().replace(", cloud);", ', { ...cloud, customTimeouts: { create: "2s" } });'));
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.match(output, /online/);
  assert.ok(!(await stack.state()).some(({ type }) => type.includes("databaseCluster")));
});
