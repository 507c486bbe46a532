import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { CLUSTER, cloudFor, type Made, online, onlineCluster } from "../../testing.ts";

test("a cluster is creating in its create's answer, then online with its contents", async (t) => {
  const cloud = await cloudFor(t);
  const made = await cloud.make("/v2/databases", {
    ...CLUSTER,
    name: "orders",
    num_nodes: 2,
    size: "db-s-1vcpu-2gb",
  });
  assert.partialDeepStrictEqual(made, {
    status: "creating",
    users: null,
    db_names: null,
    storage_size_mib: 30_720,
  });
  const cluster = await online(cloud, made.id);
  assert.partialDeepStrictEqual(cluster, {
    status: "online",
    db_names: ["defaultdb"],
    users: [{ name: "doadmin", role: "primary" }],
  });
  const { host, port, password, uri } = cluster.connection as Record<string, string>;
  assert.equal(uri, `postgresql://doadmin:${password}@${host}:25060/defaultdb?sslmode=require`);
  assert.equal(Number(port), 25_060);
  assert.notEqual((cluster.private_connection as Record<string, string>).host, host);
  assert.ok(cluster.standby_connection);
  const other = await onlineCluster(cloud, "events");
  assert.notEqual((other.connection as Record<string, string>).host, host);
});

test("what an engine does not come in is refused", async (t) => {
  const cloud = await cloudFor(t);
  for (const [facts, says] of [
    [{ engine: "redis", version: "7" }, /redis clusters can no longer be created/],
    [{ engine: "oracle" }, /engine/],
    [{ version: "9" }, /version/],
    [{ num_nodes: 2 }, /invalid size: pg clusters of 2 nodes do not come in db-s-1vcpu-1gb/],
    [{ num_nodes: 4 }, /invalid num_nodes: pg clusters have 1, 2, 3 nodes/],
    [{ engine: "mongodb", version: "7.0", num_nodes: 2 }, /mongodb clusters have 1, 3 nodes/],
    [{ engine: "kafka", version: "3.8", num_nodes: 1 }, /num_nodes/],
    [{ size: "db-s-1tb" }, /size/],
    [{ region: "mars1" }, /region/],
    [{ name: "Orders" }, /name/],
    [{ storage_size_mib: 1024 }, /storage_size_mib/],
    [{ storage_autoscale: { enabled: true, threshold_percent: 99 } }, /threshold_percent: must be/],
    [{ private_network_uuid: "00000000-0000-4000-8000-000000000000" }, /private_network_uuid/],
    [{ project_id: "00000000-0000-4000-8000-000000000000" }, /project_id/],
    [{ rules: [{ type: "ip_addr", value: "everyone" }] }, /rules\[0\]\.value/],
  ] as const) {
    const { status, body } = await cloud.post<{ message: string }>("/v2/databases", {
      name: "orders",
      ...CLUSTER,
      ...facts,
    });
    assert.equal(status, 422, JSON.stringify(facts));
    assert.match(body.message, says);
  }
  await onlineCluster(cloud, "orders");
  assert.equal((await cloud.post("/v2/databases", { name: "orders", ...CLUSTER })).status, 422);
});

test("MongoDB's passwords are in the answer of a create or a reset only", async (t) => {
  const cloud = await cloudFor(t);
  const made = await cloud.make("/v2/databases", {
    ...CLUSTER,
    name: "docs",
    engine: "mongodb",
    version: "7",
  });
  const { password, uri } = made.connection as Record<string, string>;
  assert.match(uri ?? "", new RegExp(`^mongodb://doadmin:${password}@`));
  const later = await online(cloud, made.id);
  assert.equal(later.version, "7");
  assert.ok(!JSON.stringify(later).includes(String(password)));
  assert.doesNotThrow(() => new URL(String((later.connection as Record<string, string>).uri)));

  const user = await cloud.make<{ password: string }>(`/v2/databases/${made.id}/users`, { name: "app" });
  const { body } = await cloud.get<{ user: object }>(`/v2/databases/${made.id}/users/app`);
  assert.deepEqual(body.user, { name: "app", role: "normal" });
  const reset = await cloud.post<{ user: { password: string } }>(
    `/v2/databases/${made.id}/users/app/reset_auth`,
    {},
  );
  assert.ok(reset.body.user.password && reset.body.user.password !== user.password);
});

test("a change takes the platform's time, during which others are refused", async (t) => {
  const cloud = await cloudFor(t, { timeScale: 1 });
  const { id } = await cloud.make("/v2/databases", { ...CLUSTER, name: "orders" });
  assert.partialDeepStrictEqual((await cloud.get(`/v2/databases/${id}`)).body, {
    database: { status: "creating" },
  });
  for (const [method, path, body] of [
    ["PUT", "resize", { size: "db-s-1vcpu-2gb", num_nodes: 1 }],
    ["PUT", "migrate", { region: "ams3" }],
    ["PUT", "upgrade", { version: "18" }],
    ["PATCH", "config", { config: { work_mem: 8 } }],
    ["GET", "backups", undefined],
    ["POST", "replicas", { name: "read-1" }],
  ] as const)
    assert.equal((await cloud.send(method, `/v2/databases/${id}/${path}`, body)).status, 412, path);
  const fork = { ...CLUSTER, name: "fork", backup_restore: { database_name: "orders" } };
  assert.equal((await cloud.post("/v2/databases", fork)).status, 412);
});

test("size, region, version, window, storage and policies change in place", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await onlineCluster(cloud, "orders");
  const at = `/v2/databases/${id}`;
  assert.equal(
    (await cloud.put(`${at}/resize`, { size: "db-s-1vcpu-2gb", num_nodes: 2, storage_size_mib: 40_960 }))
      .status,
    202,
  );
  assert.partialDeepStrictEqual(await online(cloud, id), {
    size: "db-s-1vcpu-2gb",
    num_nodes: 2,
    storage_size_mib: 40_960,
    status: "online",
  });
  assert.equal(
    (await cloud.put(`${at}/resize`, { size: "db-s-1vcpu-1gb", num_nodes: 1 })).status,
    422,
    "to a smaller plan",
  );
  assert.equal((await cloud.put(`${at}/migrate`, { region: "ams3" })).status, 202);
  const moved = await online(cloud, id);
  const { body: vpc } = await cloud.get<{ vpc: Made }>(`/v2/vpcs/${moved.private_network_uuid}`);
  assert.deepEqual([moved.region, vpc.vpc.region], ["ams3", "ams3"]);
  assert.equal((await cloud.put(`${at}/upgrade`, { version: "16" })).status, 422);
  assert.equal((await cloud.put(`${at}/upgrade`, { version: "18" })).status, 204);
  assert.equal((await cloud.put(`${at}/maintenance`, { day: "Friday", hour: "13:00" })).status, 204);
  assert.equal((await cloud.put(`${at}/maintenance`, { day: "someday", hour: "13:00" })).status, 422);
  assert.partialDeepStrictEqual(await online(cloud, id), {
    version: "18",
    maintenance_window: { day: "friday", hour: "13:00:00", pending: false },
  });
  assert.equal(
    (
      await cloud.put(`${at}/autoscale`, {
        storage: { enabled: true, threshold_percent: 80, increment_gib: 10 },
      })
    ).status,
    204,
  );
  const { body } = await cloud.get<{ storage: object }>(`${at}/autoscale`);
  assert.deepEqual(body.storage, { enabled: true, threshold_percent: 80, increment_gib: 10 });
  const { body: events } = await cloud.get<{ events: { event_type: string }[] }>(`${at}/events`);
  assert.ok(events.events.some((event) => event.event_type === "cluster_update"));
});

test("the CA signs what Kafka's users sign in with", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await onlineCluster(cloud, "events", {
    engine: "kafka",
    version: "3.8",
    num_nodes: 3,
    size: "db-s-2vcpu-2gb",
  });
  const { body } = await cloud.get<{ ca: { certificate: string } }>(`/v2/databases/${id}/ca`);
  const ca = new X509Certificate(Buffer.from(body.ca.certificate, "base64"));
  const user = await cloud.make<{ access_cert: string }>(`/v2/databases/${id}/users`, { name: "consumer" });
  const certificate = new X509Certificate(user.access_cert);
  assert.ok(ca.ca && ca.verify(ca.publicKey));
  assert.ok(!certificate.ca && certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
  assert.equal(certificate.subject, "CN=consumer");
});

test("a fork has its source's users and databases, and no trusted sources", async (t) => {
  const cloud = await cloudFor(t);
  const source = await onlineCluster(cloud, "orders", { rules: [{ type: "ip_addr", value: "10.0.0.0/16" }] });
  const at = `/v2/databases/${source.id}`;
  await cloud.make(`${at}/users`, { name: "app" });
  await cloud.make(`${at}/dbs`, { name: "shop" });
  const { body } = await cloud.get<{ backups: { created_at: string }[] }>(`${at}/backups`);
  const restore = (facts: object) => ({
    ...CLUSTER,
    name: "drill",
    backup_restore: { database_name: "orders", ...facts },
  });
  assert.equal(
    (await cloud.post("/v2/databases", restore({ backup_created_at: "2020-01-01T00:00:00Z" }))).status,
    422,
  );
  assert.equal((await cloud.post("/v2/databases", restore({ database_name: "nothing" }))).status, 404);
  assert.equal((await cloud.post("/v2/databases", { ...restore({}), version: "18" })).status, 422);
  const fork = await cloud.make("/v2/databases", restore({ backup_created_at: body.backups[0]?.created_at }));
  assert.equal(fork.status, "forking");
  const restored = await online(cloud, fork.id);
  assert.partialDeepStrictEqual(restored, {
    status: "online",
    db_names: ["defaultdb", "shop"],
    users: [{ name: "doadmin" }, { name: "app" }],
  });
  assert.deepEqual((await cloud.get(`/v2/databases/${fork.id}/firewall`)).body, { rules: [] });
});
