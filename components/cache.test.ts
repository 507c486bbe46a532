import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Cache, type CacheArgs } from "./cache.ts";
import { record, resolved } from "./testing.ts";

const cluster = "11111111-2222-3333-4444-555555555555";
const args: CacheArgs = {
  region: "fra1",
  vpcId: "the-vpc",
  vpcIpRange: pulumi.output("10.100.0.0/20"),
  version: "8",
  size: "db-s-1vcpu-2gb",
  nodeCount: 2,
  maintenance: { day: "sunday", hour: "04:00" },
  projectId: "the-project",
  tags: ["env:prod"],
};
const answers = {
  calls: { "digitalocean:index/getDatabaseCa:getDatabaseCa": { certificate: "-----BEGIN" } },
  state: { "digitalocean:index/databaseCluster:DatabaseCluster": { user: "default", port: 25061 } },
};
const build = (changes: Partial<CacheArgs> = {}) =>
  record(() => new Cache("cache", { ...args, ...changes }), answers);

test("a cluster is private, protected, and leaves the eviction policy to its configuration", async () => {
  const { named, resources, warnings } = await build();
  const { inputs, timeouts, ignoreChanges, protect, retainOnDelete } = named("cache-cluster");
  assert.deepEqual(inputs, {
    name: "cache",
    engine: "valkey",
    version: "8",
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
  assert.ok(protect && retainOnDelete);
  assert.equal(
    (await build({ protection: { allowReplace: ["cluster"] } })).named("cache-cluster").protect,
    false,
  );
  const types = resources.map(({ type }) => type.split(":").pop());
  assert.deepEqual(types, ["Cache", "DatabaseCluster", "DatabaseFirewall", "DatabaseValkeyConfig"]);
  assert.deepEqual(warnings, []);
});

test("nothing is evicted, keys are written to disk and TLS is demanded, unless asked for otherwise", async () => {
  const { named } = await build();
  const { inputs, dependencies, deletedWith } = named("cache-config");
  assert.deepEqual(inputs, {
    clusterId: "cache-cluster-id",
    valkeyMaxmemoryPolicy: "noeviction",
    persistence: "rdb",
    ssl: true,
    timeout: 300,
  });
  assert.ok(dependencies.includes("cache-firewall"));
  assert.match(deletedWith, /::cache-cluster$/);
  const pure = await build({ evictionPolicy: "allkeys-lru", persistence: "off", timeoutSeconds: 0 });
  assert.partialDeepStrictEqual(pure.named("cache-config").inputs, {
    valkeyMaxmemoryPolicy: "allkeys-lru",
    persistence: "off",
    timeout: 0,
  });
  assert.match(pure.warnings.join(), /persistence is off: a restart loses every key/);
});

test("the firewall lets the VPC in alone and is never emptied", async () => {
  const { named } = await build();
  assert.deepEqual(named("cache-firewall").inputs.rules, [{ type: "ip_addr", value: "10.100.0.0/20" }]);
  assert.equal(named("cache-firewall").retainOnDelete, true);
});

test("the URI names the private host, uses TLS, and is secret", async () => {
  const { result } = await build();
  assert.deepEqual(await resolved(result.uri), {
    value: "rediss://default:admin%20password%2F1@private.example:25061/0",
    secret: true,
  });
  assert.equal((await resolved(result.caCertificate)).value, "-----BEGIN");
});

test("an existing cluster is taken over", async () => {
  const { named } = await build({ import: { cluster } });
  assert.equal(named("cache-cluster").importId, cluster);
});

const wrong: [string, Partial<CacheArgs>, RegExp][] = [
  ["a second standby", { nodeCount: 3 }, /nodeCount 3 must be 1 or 2/],
  ["a standby on too small a plan", { size: "db-s-1vcpu-1gb" }, /nodeCount 2 must be 1 with db-s-1vcpu-1gb/],
  ["Redis' version", { version: "7" as "8" }, /version 7 must be one of 8/],
  [
    "the API's spelling of a policy, which the provider refuses",
    { evictionPolicy: "allkeys_lru" as "allkeys-lru" },
    /evictionPolicy allkeys_lru must be one of noeviction, allkeys-lru/,
  ],
  ["half a second", { timeoutSeconds: 0.5 }, /timeoutSeconds 0\.5 must be 0 to 31536000/],
  ["capitals in the name", { clusterName: "Cache" }, /clusterName Cache must be at most 63/],
];
for (const [what, changes, message] of wrong)
  test(`refused before anything is created: ${what}`, async () => {
    const { resources } = await record(() =>
      assert.throws(() => new Cache("cache", { ...args, ...changes }), message),
    );
    assert.deepEqual(resources, []);
  });

test("a transform reaches each wrapped resource", async () => {
  const { named } = await build({
    transform: {
      cluster: { tags: ["mine"] },
      firewall: { rules: [{ type: "tag", value: "vpn" }] },
      config: { ioThreads: 2 },
    },
  });
  assert.deepEqual(named("cache-cluster").inputs.tags, ["mine"]);
  assert.deepEqual(named("cache-firewall").inputs.rules, [{ type: "tag", value: "vpn" }]);
  assert.equal(named("cache-config").inputs.ioThreads, 2);
});

test("the state shows no secret of the component", async () => {
  const { named } = await build();
  assert.doesNotMatch(JSON.stringify(named("cache").inputs), /password|uri/i);
});
