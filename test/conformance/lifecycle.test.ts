import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "./cloud.ts";
import { stackFor } from "./stack.ts";

const cloud = await cloudForTests();

const network = (args: string, options = "cloud"): string => `
  export const vpc = new digitalocean.Vpc("net", ${args}, ${options}).id;`;

test("create, no change, update, removed input, delete", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(network('{ name: "one", region: "ams3", ipRange: "10.20.0.0/20", description: "first" }'));
  assert.partialDeepStrictEqual(await stack.preview(), [{ op: "create", name: "net" }]);
  await stack.up();
  const { vpc: id } = await stack.outputs();
  const made = await cloud.call("GET", `/v2/vpcs/${id}`);
  assert.partialDeepStrictEqual(made, {
    vpc: { name: "one", region: "ams3", ip_range: "10.20.0.0/20", description: "first" },
  });
  assert.partialDeepStrictEqual((await stack.resource("net")).outputs, {
    id,
    vpcUrn: `do:vpc:${id}`,
    name: "one",
    ipRange: "10.20.0.0/20",
    default: false,
  });
  assert.deepEqual(await stack.preview(), []);

  stack.program(network('{ name: "two", region: "ams3", ipRange: "10.20.0.0/20", description: "second" }'));
  const [update] = await stack.preview();
  assert.deepEqual([update?.op, update?.changes], ["update", { name: "update", description: "update" }]);
  await stack.up();
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/vpcs/${id}`), {
    vpc: { name: "two", description: "second" },
  });

  stack.program(network('{ name: "two", region: "ams3", ipRange: "10.20.0.0/20" }'));
  const [removal] = await stack.preview();
  assert.equal(removal?.op, "update");
  assert.deepEqual(Object.keys(removal?.changes ?? {}), ["description"]);
  await stack.up();
  assert.deepEqual(await stack.preview(), []);

  stack.program(network('{ name: "two", region: "ams3" }'));
  assert.deepEqual(
    await stack.preview(),
    [],
    "an input that the platform would fill in stays when it is taken away",
  );
});

test("a name that isn't given follows the resource's and stays", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(network('{ region: "ams3" }'));
  await stack.up();
  const { outputs } = await stack.resource("net");
  assert.match(String(outputs.name), /^net-[0-9a-f]{7}$/);
  stack.program(network('{ region: "ams3", description: "x" }'));
  await stack.up();
  assert.equal((await stack.resource("net")).outputs.name, outputs.name);
  await stack.destroy();
  assert.equal((await stack.state()).length, 0);
  await assert.rejects(cloud.call("GET", `/v2/vpcs/${outputs.id}`), /404/);
});

test("a change that can't be made in place replaces: new first, old first where the name is fixed", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(network('{ region: "ams3", ipRange: "10.30.0.0/20" }'));
  await stack.up();
  const before = await stack.resource("net");
  stack.program(network('{ region: "ams3", ipRange: "10.31.0.0/20" }'));
  assert.deepEqual(await stack.preview(), [
    { op: "replace", name: "net", changes: { ipRange: "update-replace" } },
  ]);
  const order = await cloud.during(() => stack.up());
  assert.ok(order.indexOf("POST /v2/vpcs") < order.indexOf(`DELETE /v2/vpcs/${before.id}`), order.join(", "));
  const after = await stack.resource("net");
  assert.notEqual(after.id, before.id);
  await assert.rejects(cloud.call("GET", `/v2/vpcs/${before.id}`), /404/);

  stack.program(network('{ name: "fixed", region: "ams3", ipRange: "10.31.0.0/20" }'));
  await stack.up();
  stack.program(network('{ name: "fixed", region: "ams3", ipRange: "10.32.0.0/20" }'));
  const named = await stack.resource("net");
  const reversed = await cloud.during(() => stack.up());
  assert.ok(
    reversed.indexOf(`DELETE /v2/vpcs/${named.id}`) < reversed.indexOf("POST /v2/vpcs"),
    "the old one bears the name: it goes first",
  );
});

test("replaceOnChanges, deleteBeforeReplace and aliases are the engine's to decide", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(
    network('{ region: "ams3", description: "a" }', '{ ...cloud, replaceOnChanges: ["description"] }'),
  );
  await stack.up();
  const first = await stack.resource("net");
  stack.program(
    network('{ region: "ams3", description: "b" }', '{ ...cloud, replaceOnChanges: ["description"] }'),
  );
  assert.equal((await stack.preview())[0]?.op, "replace");
  stack.program(
    network(
      '{ region: "ams3", description: "b" }',
      '{ ...cloud, replaceOnChanges: ["description"], deleteBeforeReplace: true }',
    ),
  );
  const order = await cloud.during(() => stack.up());
  assert.ok(order.indexOf(`DELETE /v2/vpcs/${first.id}`) < order.indexOf("POST /v2/vpcs"), order.join(", "));
  const second = await stack.resource("net");
  assert.notEqual(second.id, first.id);

  stack.program(`new digitalocean.Vpc("renamed", { name: "${second.outputs.name}", region: "ams3", description: "b" },
    { ...cloud, aliases: [{ name: "net" }] });`);
  assert.deepEqual(await stack.preview(), []);
  await stack.up();
  assert.equal((await stack.resource("renamed")).id, second.id);
});

test("what is wrong with an input stops before anything is made", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(network('{ region: "ams3", ipRange: "10.0.0.0" }'));
  const { code, output } = await stack.attempt(["preview"]);
  assert.notEqual(code, 0);
  assert.match(output, /ip_?range/i);
  stack.program(
    `new digitalocean.DatabaseCluster("pg", { engine: "pg", size: "db-s-1vcpu-1gb", region: "ams3", nodeCount: 1 }, cloud);`,
  );
  const missing = await stack.attempt(["preview"]);
  assert.notEqual(missing.code, 0);
  assert.match(missing.output, /version/);
});
