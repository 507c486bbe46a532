import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Mongo } from "./mongo.ts";
import type { MongoArgs } from "./mongo-args.ts";
import { mongoUri } from "./mongo-uri.ts";
import { record, resolved } from "./testing.ts";

const cluster = "11111111-2222-3333-4444-555555555555";
const args: MongoArgs = {
  region: "fra1",
  vpcId: "the-vpc",
  vpcIpRange: pulumi.output("10.100.0.0/20"),
  version: "8.0",
  size: "db-s-1vcpu-2gb",
  nodeCount: 3,
  databases: [
    { name: "app", user: "app" },
    { name: "events", user: "recorder" },
  ],
  maintenance: { day: "sunday", hour: "04:00" },
  projectId: "the-project",
  tags: ["env:prod"],
};
const ca = { calls: { "digitalocean:index/getDatabaseCa:getDatabaseCa": { certificate: "-----BEGIN" } } };
const build = (changes: Partial<MongoArgs> = {}) =>
  record(() => new Mongo("mongo", { ...args, ...changes }), ca);
const databases = ["mongo-db-app", "mongo-db-events"];
const users = ["mongo-user-app", "mongo-user-recorder"];

test("a replica set is private, patched on schedule, and behind its firewall before it has anything in it", async () => {
  const { named, resources, warnings } = await build({ peerIpRanges: [pulumi.output("10.101.0.0/20")] });
  const { inputs, timeouts, ignoreChanges, parent } = named("mongo-cluster");
  assert.deepEqual(inputs, {
    name: "mongo",
    engine: "mongodb",
    version: "8.0",
    size: "db-s-1vcpu-2gb",
    nodeCount: 3,
    region: "fra1",
    privateNetworkUuid: "the-vpc",
    projectId: "the-project",
    maintenanceWindows: [{ day: "sunday", hour: "04:00" }],
    tags: ["env:prod"],
  });
  assert.match(parent, /breakwater:data:Mongo::mongo$/);
  assert.equal(timeouts.create, "60m");
  assert.deepEqual(ignoreChanges, ["projectId"]);
  assert.deepEqual(named("mongo-firewall").inputs.rules, [
    { type: "ip_addr", value: "10.100.0.0/20" },
    { type: "ip_addr", value: "10.101.0.0/20" },
  ]);
  assert.equal(named("mongo-firewall").retainOnDelete, true);
  const later = resources.filter(({ name }) => /^mongo-(config|db|user)/.test(name));
  assert.equal(later.length, 5);
  for (const { name, dependencies, deletedWith } of later) {
    assert.ok(dependencies.includes("mongo-firewall"), `${name} waits for the firewall`);
    assert.match(deletedWith, /::mongo-cluster$/, `${name} goes with the cluster`);
  }
  assert.deepEqual(warnings, []);
});

test("writes wait for most nodes, and nothing is set that would restart a node unasked", async () => {
  assert.deepEqual((await build()).named("mongo-config").inputs, {
    clusterId: "mongo-cluster-id",
    defaultWriteConcern: "majority",
  });
  const asked = await build({ config: { slowOpThresholdMs: 250, defaultWriteConcern: "1" } });
  assert.deepEqual(asked.named("mongo-config").inputs, {
    clusterId: "mongo-cluster-id",
    defaultWriteConcern: "1",
    slowOpThresholdMs: 250,
  });
});

test("users are protected but never left behind with a password that works; databases and cluster are both", async () => {
  const { named } = await build();
  for (const name of [...users, ...databases, "mongo-cluster"]) {
    assert.equal(named(name).protect, true, name);
    assert.equal(named(name).retainOnDelete, !users.includes(name), name);
  }
  for (const name of users) assert.ok(named(name).secretOutputs.includes("password"), name);
  const open = await build({ protection: { allowReplace: ["users"] } });
  for (const name of [...users, ...databases])
    assert.equal(open.named(name).protect, databases.includes(name), name);
  const whole = await build({ protection: { retain: false, allowReplace: ["cluster"] } });
  for (const name of [...users, ...databases, "mongo-cluster"])
    assert.equal(whole.named(name).protect, false, name);
  assert.equal(whole.named("mongo-cluster").deleteBeforeReplace, true, "its name is taken while it lives");
});

test("a new generation is new users; those before it live on as long as they are kept, and can go", async () => {
  const both = await build({ generation: 3, keepPrevious: true });
  assert.equal(both.named("mongo-user-app-3").inputs.name, "app-3");
  assert.equal(both.named("mongo-user-recorder-3").protect, true);
  for (const name of ["mongo-user-app-2", "mongo-user-recorder-2"]) {
    const { protect, retainOnDelete } = both.named(name);
    assert.deepEqual([protect, retainOnDelete], [false, false], name);
  }
  assert.match((await resolved(both.result.uri)).value, /^mongodb\+srv:\/\/app-3:/);
  const alone = await build({ generation: 3 });
  const users = alone.resources.filter(({ name }) => name.startsWith("mongo-user-")).map(({ name }) => name);
  assert.deepEqual(users, ["mongo-user-app-3", "mongo-user-recorder-3"]);
});

test("URIs keep the platform's hosts and replica set, verify TLS, look users up in admin, and are secret", async () => {
  const { result } = await build();
  assert.deepEqual(await resolved(result.uri), {
    value:
      "mongodb+srv://app:password%20of%20mongo-user-app@private.example/app?tls=true&authSource=admin&replicaSet=rs",
    secret: true,
  });
  assert.match(
    (await resolved(result.connection("events").uri)).value,
    /^mongodb\+srv:\/\/recorder:[^@]+@private\.example\/events\?/,
  );
  assert.throws(() => result.connection("none"), /no database none: there is app, events/);
  assert.equal((await resolved(result.caCertificate)).value, "-----BEGIN");
});

test("a URI with ports, and one without the administrator's password, becomes the user's all the same", async () => {
  for (const privateUri of [
    "mongodb://doadmin@10.0.0.1:27017,10.0.0.2:27017/admin?tls=true&authSource=admin&replicaSet=rs",
    "mongodb://doadmin:p%40ss@10.0.0.1:27017,10.0.0.2:27017/admin?replicaSet=rs&tls=false&authSource=other",
  ]) {
    const { result } = await record(() => new Mongo("mongo", args), {
      ...ca,
      state: { "digitalocean:index/databaseCluster:DatabaseCluster": { privateUri } },
    });
    const uri = new URL((await resolved(result.uri)).value.replace(",10.0.0.2:27017", ""));
    assert.equal(uri.username, "app");
    assert.equal(uri.host, "10.0.0.1:27017");
    assert.deepEqual(Object.fromEntries(uri.searchParams), {
      tls: "true",
      authSource: "admin",
      replicaSet: "rs",
    });
  }
});

test("what the platform has not shown ends in one line that says what to do, not in a URI that can't work", () => {
  const uri = (address: string | undefined, password: string | undefined) =>
    mongoUri("mongo", address, "app", password, "app");
  for (const nothing of ["", undefined]) {
    assert.throws(
      () => uri(nothing, "x"),
      /^Error: mongo: .*address can't be read.*database:view_credentials$/,
    );
    assert.throws(
      () => uri("mongodb://h/admin", nothing),
      /mongo: user app has no password in the state.*raise generation/,
    );
  }
  assert.equal(
    uri("mongodb+srv://h", "p@ss/1"),
    "mongodb+srv://app:p%40ss%2F1@h/app?tls=true&authSource=admin",
  );
});

test("an existing cluster is taken over with the databases that it has, never with users", async () => {
  const { named } = await build({ import: { cluster, databases: ["app"] } });
  assert.equal(named("mongo-cluster").importId, cluster);
  assert.equal(named("mongo-db-app").importId, `${cluster},app`);
  assert.equal(named("mongo-db-events").importId, "");
  for (const name of users) assert.equal(named(name).importId, "", name);
});

const wrong: [string, Partial<MongoArgs>, RegExp][] = [
  ["two nodes", { nodeCount: 2 }, /nodeCount 2 must be 1 or 3/],
  ["a plan of another engine", { size: "m-2vcpu-16gb" as "db-s-1vcpu-1gb" }, /size m-2vcpu-16gb must be one/],
  ["a version that has ended", { version: "7.0" as "8.0" }, /version 7\.0 must be one of 8\.0/],
  ["capitals", { databases: [{ name: "App", user: "app" }] }, /database App must be at most 63/],
  ["Mongo's own database", { databases: [{ name: "local", user: "a" }] }, /local is DigitalOcean's own/],
  ["the administrator", { databases: [{ name: "a", user: "doadmin" }] }, /doadmin is the administrator/],
  ["no database", { databases: [] }, /databases must have at least one/],
  ["no generation", { generation: 0 }, /generation 0 must be 1 or more/],
  [
    "a generation whose name is taken",
    {
      generation: 2,
      databases: [
        { name: "a", user: "app" },
        { name: "b", user: "app-2" },
      ],
    },
    /generation 2 makes the user app-2, which is the name of another user/,
  ],
  ["the whole internet", { trustedSources: ["0.0.0.0/0"] }, /must not be wider than/],
];
for (const [what, changes, message] of wrong)
  test(`refused before anything is created: ${what}`, async () => {
    const { resources } = await record(() =>
      assert.throws(() => new Mongo("mongo", { ...args, ...changes }), message),
    );
    assert.deepEqual(resources, []);
  });

test("a transform reaches each wrapped resource, and can't open the firewall unnoticed", async () => {
  const { named, warnings } = await build({
    transform: {
      cluster: { tags: ["mine"] },
      firewall: { rules: [{ type: "ip_addr", value: "0.0.0.0/0" }] },
      config: { verbosity: 1 },
      database: (_, opts, name) => ({ opts: { ...opts, aliases: [{ name: `old-${name}` }] } }),
      user: (_, opts) => ({ opts: { ...opts, protect: false } }),
    },
  });
  assert.deepEqual(named("mongo-cluster").inputs.tags, ["mine"]);
  assert.equal(named("mongo-config").inputs.verbosity, 1);
  assert.match(warnings.join(), /a transform lets 0\.0\.0\.0\/0 connect/);
  assert.match(warnings.join(), /a transform takes the protection off mongo-user-app/);
});

test("the state shows no secret of the component", async () => {
  const { named } = await build();
  assert.doesNotMatch(JSON.stringify(named("mongo").inputs), /password|uri/i);
});
