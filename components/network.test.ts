import assert from "node:assert/strict";
import { test } from "node:test";
import * as digitalocean from "@pulumi/digitalocean";
import { Network } from "./network.ts";
import { record, resolved } from "./testing.ts";

const ipRange = "10.100.0.0/20";
const elsewhere = "11111111-2222-3333-4444-555555555555";

test("a network of its own is one protected, retained VPC that waits for its members to leave", async () => {
  const { resources, named, result, warnings } = await record(
    () => new Network("net", { region: "fra1", ipRange, vpcName: "shop-prod" }),
  );
  assert.deepEqual(
    resources.map(({ type, name }) => [type, name]),
    [
      ["breakwater:network:Network", "net"],
      ["digitalocean:index/vpc:Vpc", "net-vpc"],
    ],
  );
  const vpc = named("net-vpc");
  assert.deepEqual(vpc.inputs, {
    name: "shop-prod",
    region: "fra1",
    ipRange,
    description: "Managed by Pulumi",
  });
  assert.equal(vpc.protect, true);
  assert.equal(vpc.retainOnDelete, true);
  assert.equal(vpc.timeouts.delete, "15m");
  assert.match(vpc.parent, /Network::net$/);
  assert.equal((await resolved(result.vpcId)).value, "net-vpc-id");
  assert.equal((await resolved(result.ipRange)).value, ipRange);
  assert.deepEqual(warnings, []);
});

test("an existing VPC is read, never managed", async () => {
  const { resources, calls, result } = await record(
    () => new Network("net", { region: "fra1", vpcId: elsewhere }),
    {
      calls: { "digitalocean:index/getVpc:getVpc": { ipRange: "10.9.0.0/16", region: "fra1" } },
    },
  );
  assert.deepEqual(
    resources.map(({ name }) => name),
    ["net"],
  );
  assert.deepEqual(calls, [{ token: "digitalocean:index/getVpc:getVpc", inputs: { id: elsewhere } }]);
  assert.equal((await resolved(result.vpcId)).value, elsewhere);
  assert.equal((await resolved(result.ipRange)).value, "10.9.0.0/16");
});

test("a VPC can be taken over", async () => {
  const { named } = await record(() => new Network("net", { region: "fra1", ipRange, import: elsewhere }));
  assert.equal(named("net-vpc").importId, elsewhere);
});

test("arguments that can't be right end the program before anything is created", async () => {
  const { resources } = await record(() =>
    assert.throws(
      () => new Network("net", { region: "nyc1", ipRange: "10.10.0.0/20", vpcId: elsewhere, vpcName: "a b" }),
      (error: Error) => {
        assert.deepEqual(error.message.split("\n"), [
          "net: ipRange can't go together with vpcId, whose VPC has its own",
          "net: vpcName can't go together with vpcId, whose VPC has its own",
          "net: ipRange 10.10.0.0/20 must not overlap 10.10.0.0/16, which DigitalOcean keeps for itself",
          "net: vpcName a b must be at most 255 characters of letters, digits, dashes and dots",
        ]);
        return true;
      },
    ),
  );
  assert.deepEqual(resources, []);
});

test("lifting the protection is said aloud", async () => {
  const allowed = await record(
    () => new Network("net", { region: "fra1", protection: { allowReplace: ["vpc"] } }),
  );
  assert.equal(allowed.named("net-vpc").protect, false);
  assert.equal(allowed.named("net-vpc").retainOnDelete, true);
  assert.match(allowed.warnings.join(), /may delete or replace: vpc/);

  const off = await record(
    () => new Network("net", { region: "fra1", protection: { protect: false, retain: false } }),
  );
  assert.equal(off.named("net-vpc").protect, false);
  assert.equal(off.named("net-vpc").retainOnDelete, false);
  assert.equal(
    off.named("net-vpc").deleteBeforeReplace,
    false,
    "apps leave the old one only for the new one",
  );
  assert.match(off.warnings.join(), /protect is off/);
});

test("a VPC that became the datacentre's default is warned about: it will stay", async () => {
  const { warnings } = await record(() => new Network("net", { region: "fra1" }), {
    state: { "digitalocean:index/vpc:Vpc": { default: true } },
  });
  assert.match(warnings.join(), /default: DigitalOcean will refuse to delete it/);
});

test("a transform changes arguments and options; taking the protection off is warned about", async () => {
  const { named, warnings } = await record(
    () =>
      new Network("net", {
        region: "fra1",
        transform: {
          vpc: (args, opts, name) => ({
            args: { ...args, description: `made as ${name}` },
            opts: { ...opts, protect: false },
          }),
        },
      }),
  );
  assert.equal(named("net-vpc").inputs.description, "made as net-vpc");
  assert.equal(named("net-vpc").protect, false);
  assert.match(named("net-vpc").parent, /Network::net$/);
  assert.match(warnings.join(), /a transform takes the protection off net-vpc/);
});

test("the caller's options reach the children", async () => {
  const { named } = await record(() => {
    const provider = new digitalocean.Provider("explicit", { apiEndpoint: "http://127.0.0.1:1" });
    return new Network("net", { region: "fra1" }, { providers: [provider] });
  });
  assert.match(named("net-vpc").provider, /digitalocean::explicit::explicit-id$/);
});
