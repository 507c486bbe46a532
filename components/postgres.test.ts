import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Postgres } from "./postgres.ts";
import type { PostgresArgs } from "./postgres-args.ts";
import { record, resolved } from "./testing.ts";

const cluster = "11111111-2222-3333-4444-555555555555";
const args: PostgresArgs = {
  region: "fra1",
  vpcId: "the-vpc",
  vpcIpRange: pulumi.output("10.100.0.0/20"),
  version: "17",
  size: "db-s-1vcpu-2gb",
  nodeCount: 2,
  databases: [
    { name: "app", user: "app" },
    { name: "audit", user: "auditor" },
  ],
  pools: [{ name: "app-pool", database: "app", size: 20 }],
  maintenance: { day: "sunday", hour: "04:00" },
  projectId: "the-project",
  tags: ["env:prod"],
};
const ca = { calls: { "digitalocean:index/getDatabaseCa:getDatabaseCa": { certificate: "-----BEGIN" } } };
const build = (changes: Partial<PostgresArgs> = {}) =>
  record(() => new Postgres("pg", { ...args, ...changes }), ca);

const stateful = ["pg-cluster", "pg-db-app", "pg-db-audit", "pg-user-app", "pg-user-auditor"];

test("a cluster is private, patched on schedule, and never replaced for its project", async () => {
  const { named } = await build();
  const { inputs, timeouts, ignoreChanges } = named("pg-cluster");
  assert.deepEqual(inputs, {
    name: "pg",
    engine: "pg",
    version: "17",
    size: "db-s-1vcpu-2gb",
    nodeCount: 2,
    region: "fra1",
    privateNetworkUuid: "the-vpc",
    projectId: "the-project",
    maintenanceWindows: [{ day: "sunday", hour: "04:00" }],
    tags: ["env:prod"],
  });
  assert.equal(timeouts.create, "60m");
  assert.deepEqual(ignoreChanges, ["projectId"]);
});

test("the firewall comes first, lets the VPC in alone, and is never emptied", async () => {
  const { named, resources, warnings } = await build();
  const firewall = named("pg-firewall");
  assert.deepEqual(firewall.inputs, {
    clusterId: "pg-cluster-id",
    rules: [{ type: "ip_addr", value: "10.100.0.0/20" }],
  });
  assert.equal(firewall.retainOnDelete, true);
  const later = resources.filter(({ name }) => /^pg-(config|db|user|pool)/.test(name));
  assert.equal(later.length, 6);
  for (const { name, dependencies, deletedWith } of later) {
    assert.ok(dependencies.includes("pg-firewall"), `${name} waits for the firewall`);
    assert.match(deletedWith, /::pg-cluster$/, `${name} goes with the cluster`);
  }
  assert.deepEqual(warnings, []);
});

test("a pool waits for all users and databases, and makes room for its successor", async () => {
  const { named } = await build();
  const pool = named("pg-pool-app-pool");
  assert.deepEqual(pool.inputs, {
    clusterId: "pg-cluster-id",
    name: "app-pool",
    dbName: "app",
    user: "app",
    mode: "transaction",
    size: 20,
  });
  for (const name of stateful.slice(1)) assert.ok(pool.dependencies.includes(name), name);
  assert.equal(pool.deleteBeforeReplace, true);
});

test("what holds data is protected and retained; allowReplace lifts the protection of what it names alone", async () => {
  const { named } = await build();
  for (const name of stateful) {
    assert.equal(named(name).protect, true, name);
    assert.equal(named(name).retainOnDelete, true, name);
  }
  const users = await build({ protection: { retain: false, allowReplace: ["users"] } });
  assert.deepEqual(
    stateful.filter((name) => users.named(name).protect),
    ["pg-cluster", "pg-db-app", "pg-db-audit"],
  );
  assert.equal(users.named("pg-cluster").retainOnDelete, false);
  assert.equal(users.named("pg-cluster").deleteBeforeReplace, true, "its name is taken while it lives");
  // A new cluster has new databases and users.
  const whole = await build({ protection: { allowReplace: ["cluster"] } });
  assert.deepEqual(
    stateful.filter((name) => whole.named(name).protect),
    [],
  );
  assert.match(whole.warnings.join(), /may delete or replace: cluster/);
});

test("URIs name the private host, verify the certificate, and are secret", async () => {
  const { result } = await build();
  assert.deepEqual(await resolved(result.uri), {
    value: "postgresql://app:password%20of%20pg-user-app@private.example:25060/app?sslmode=verify-full",
    secret: true,
  });
  assert.ok(result.poolUri);
  assert.deepEqual(await resolved(result.poolUri), {
    value: "postgresql://app:password%20of%20pg-user-app@pool.example:25061/app-pool?sslmode=verify-full",
    secret: true,
  });
  assert.equal(result.connection("audit").poolUri, undefined);
  assert.match((await resolved(result.connection("audit").uri)).value, /^postgresql:\/\/auditor:/);
  assert.equal((await resolved(result.adminPassword)).secret, true);
  assert.equal((await resolved(result.caCertificate)).value, "-----BEGIN");
  assert.throws(() => result.connection("none"), /no database none: there is app, audit/);
});

test("the grants wait for the users and databases that they name", async () => {
  const { result, named } = await record(() => {
    const pg = new Postgres("pg", args);
    new pulumi.ComponentResource("test:index:Reader", "reader", { sql: pg.grantsSql });
    return pg;
  }, ca);
  assert.match((await resolved(result.grantsSql)).value, /ON DATABASE "audit" TO "auditor"/);
  for (const name of stateful.slice(1)) assert.ok(named("reader").dependencies.includes(name), name);
});

test("two generations: users and pools side by side, what is in use protected, tables in common", async () => {
  const { named, result } = await build({ generation: 2, keepPrevious: true });
  assert.deepEqual(named("pg-user-app-2").inputs, { clusterId: "pg-cluster-id", name: "app-2" });
  assert.equal(named("pg-user-app-2").protect, true);
  const old = named("pg-user-app");
  assert.deepEqual([old.inputs.name, old.protect, old.retainOnDelete], ["app", false, false]);
  const [before, now] = [named("pg-pool-app-pool"), named("pg-pool-app-pool-2")];
  assert.deepEqual([before.inputs.user, before.inputs.name], ["app", "app-pool"]);
  assert.deepEqual([now.inputs.user, now.inputs.name], ["app-2", "app-pool-2"]);
  assert.match((await resolved(result.uri)).value, /^postgresql:\/\/app-2:/);
  const poolUri = result.poolUri;
  assert.ok(poolUri);
  assert.match(
    (await resolved(poolUri)).value,
    /^postgresql:\/\/app-2:[^@]+@pool\.example:25061\/app-pool-2\?/,
  );

  const sql = (await resolved(result.grantsSql)).value;
  for (const login of ["app", "app-2"]) assert.match(sql, new RegExp(`GRANT "app_owner" TO "${login}";`));
  const secrets = Object.entries(result.grantsSecrets);
  assert.deepEqual(
    await Promise.all(secrets.map(async ([key, value]) => [key, await resolved(value)])),
    ["app", "app-2", "auditor", "auditor-2"].map((user, index) => [
      `LOGIN_PASSWORD_${index}`,
      { value: `password of pg-user-${user}`, secret: true },
    ]),
  );
});

test("generations that can't live side by side are refused before anything is created", async () => {
  for (const [changes, problem] of [
    [{ keepPrevious: true }, /generation 1 must be 2 or more with keepPrevious/],
    [{ generation: 0 }, /generation 0 must be 1 or more/],
    [
      { generation: 2, keepPrevious: true, size: "db-s-1vcpu-1gb", nodeCount: 1 },
      /with those of the previous generation, 40 connections/,
    ],
    [
      {
        generation: 2,
        databases: [
          { name: "app", user: "app" },
          { name: "b", user: "app-2" },
        ],
      },
      /makes the user app-2, which is the name of another/,
    ],
    [
      {
        generation: 2,
        databases: [
          { name: "app", user: "app" },
          { name: "b", user: "app_owner" },
        ],
      },
      /makes the role app_owner, which is the name of another/,
    ],
  ] as [Partial<PostgresArgs>, RegExp][])
    await record(() => assert.throws(() => new Postgres("pg", { ...args, ...changes }), problem), ca);
});

test("storage that grows by itself is no drift; without growth it is one", async () => {
  const grows = (await build({ storageMib: 61_440, storageAutoscale: { thresholdPercent: 80 } })).named(
    "pg-cluster",
  );
  assert.deepEqual(grows.inputs.storageAutoscale, { enabled: true, thresholdPercent: 80, incrementGib: 10 });
  assert.equal(grows.inputs.storageSizeMib, "61440");
  assert.deepEqual(grows.ignoreChanges, ["projectId", "storageSizeMib"]);
});

test("an existing cluster is taken over with the databases, users and pools that it has", async () => {
  const { named } = await build({
    import: { cluster, databases: ["app"], users: ["app"], pools: ["app-pool"] },
  });
  assert.equal(named("pg-pool-app-pool").importId, `${cluster},app-pool`);
  assert.equal(named("pg-cluster").importId, cluster);
  assert.equal(named("pg-db-app").importId, `${cluster},app`);
  assert.equal(named("pg-user-app").importId, `${cluster},app`);
  assert.equal(named("pg-db-audit").importId, "");
});

test("what is less safe is warned about", async () => {
  const { warnings, named, result } = await build({ trustedSources: ["203.0.113.7"], sslMode: "require" });
  assert.match(warnings.join(), /trusts addresses outside its VPC: 203.0.113.7/);
  assert.match(warnings.join(), /sslMode require/);
  assert.deepEqual(named("pg-firewall").inputs.rules, [
    { type: "ip_addr", value: "10.100.0.0/20" },
    { type: "ip_addr", value: "203.0.113.7" },
  ]);
  assert.match((await resolved(result.uri)).value, /sslmode=require$/);
});

const wrong: [string, Partial<PostgresArgs>, RegExp][] = [
  ["a standby on too small a plan", { size: "db-s-1vcpu-1gb" }, /nodeCount 2 must be 1 with db-s-1vcpu-1gb/],
  ["four nodes", { nodeCount: 4 }, /nodeCount 4 must be 1, 2 or 3/],
  [
    "pools larger than the plan",
    { pools: [{ name: "a", database: "app", size: 48 }] },
    /hold 48 connections together, and db-s-1vcpu-2gb has 47/,
  ],
  [
    "a pool on a strange database",
    { pools: [{ name: "a", database: "b", size: 1 }] },
    /needs a database of this/,
  ],
  [
    "the administrator as user",
    { databases: [{ name: "app", user: "doadmin" }] },
    /user doadmin is the admin/,
  ],
  [
    "DigitalOcean's own database",
    { databases: [{ name: "defaultdb", user: "a" }] },
    /defaultdb is DigitalOcean's/,
  ],
  ["a name with a quote", { databases: [{ name: 'a"b', user: "a" }] }, /database a"b must be at most 63/],
  ["no database", { databases: [] }, /databases must have at least one/],
  ["the whole internet", { trustedSources: ["0.0.0.0/0"] }, /0\.0\.0\.0\/0 must not be wider than \/24/],
  ["a window in words", { maintenance: { day: "sunday", hour: "4am" } }, /maintenance.hour must be HH:MM/],
  [
    "a database twice",
    {
      databases: [
        { name: "a", user: "b" },
        { name: "a", user: "c" },
      ],
      pools: [],
    },
    /a is listed twice/,
  ],
];
for (const [what, changes, message] of wrong)
  test(`refused before anything is created: ${what}`, async () => {
    const { resources } = await record(() =>
      assert.throws(() => new Postgres("pg", { ...args, ...changes }), message),
    );
    assert.deepEqual(resources, []);
  });

test("a transform reaches each wrapped resource", async () => {
  const { named } = await build({
    transform: {
      cluster: { tags: ["mine"] },
      firewall: (given) => ({ args: { ...given, rules: [{ type: "tag", value: "vpn" }] } }),
      config: { jit: false },
      pool: (_, opts) => ({ opts: { ...opts, ignoreChanges: ["size"] } }),
      database: (_, opts, name) => ({ opts: { ...opts, aliases: [{ name: `old-${name}` }] } }),
      user: (given) => ({ args: { ...given } }),
    },
  });
  assert.deepEqual(named("pg-cluster").inputs.tags, ["mine"]);
  assert.deepEqual(named("pg-firewall").inputs.rules, [{ type: "tag", value: "vpn" }]);
  assert.equal(named("pg-firewall").retainOnDelete, true);
  assert.equal(named("pg-config").inputs.jit, false);
  assert.deepEqual(named("pg-pool-app-pool").ignoreChanges, ["size"]);
});

test("a transform that opens the firewall is warned about", async () => {
  const open = { clusterId: "pg-cluster-id", rules: [{ type: "ip_addr", value: "0.0.0.0/0" }] };
  const { warnings } = await build({ transform: { firewall: open } });
  assert.match(warnings.join(), /a transform lets 0\.0\.0\.0\/0 connect/);
});

test("the state shows no secret of the component", async () => {
  const { named } = await build();
  assert.doesNotMatch(JSON.stringify(named("pg").inputs), /password|uri/i);
});
