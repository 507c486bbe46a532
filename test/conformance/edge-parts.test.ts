import assert from "node:assert/strict";
import { test } from "node:test";
import { Authority, makeAuthority } from "../../local/certificates.ts";
import { cloudForTests } from "./cloud.ts";
import { side } from "./sides.ts";
import { Secret, stackFor } from "./stack.ts";

const cloud = await cloudForTests();

test("an uploaded certificate: a digest in the state, its names from itself, a successor before it goes", async (t) => {
  const stack = await stackFor(t, cloud);
  const authority = new Authority(makeAuthority("CA"), "CA");
  const [old, young] = ["old.test", "young.test"].map((name) =>
    authority.issueServer([name], new Date(Date.now() + 86_400_000)),
  );
  const program = (pair = old) => `
    const tls = new digitalocean.Certificate("tls", { type: "custom", privateKey: ${JSON.stringify(pair?.key)},
      leafCertificate: ${JSON.stringify(pair?.certificate)} }, cloud);
    new digitalocean.LoadBalancer("front", { region: "fra1", forwardingRules: [{ entryProtocol: "https", entryPort: 443,
      targetProtocol: "http", targetPort: 80, certificateName: tls.name }] }, cloud);`;
  stack.program(program());
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  const { outputs, id } = await stack.resource("tls");
  assert.ok(outputs.privateKey instanceof Secret);
  assert.match(String(outputs.privateKey.value), /^[0-9a-f]{40}$/);
  assert.match(String(outputs.leafCertificate), /^[0-9a-f]{40}$/);
  assert.deepEqual(outputs.domains, ["old.test"]);
  assert.ok(!/BEGIN (EC )?PRIVATE KEY/.test(stack.stored()));

  await stack.refresh();
  assert.deepEqual(await stack.preview(), [], "a digest is no change");

  stack.program(program(young));
  assert.partialDeepStrictEqual(
    (await stack.preview()).find(({ name }) => name === "tls"),
    { op: "replace" },
  );
  await stack.up();
  const successor = await stack.resource("tls");
  assert.notEqual(successor.id, id);
  assert.deepEqual(successor.outputs.domains, ["young.test"]);
  assert.partialDeepStrictEqual(await cloud.call("GET", "/v2/certificates"), { meta: { total: 1 } });
  await stack.destroy();
});

test("what can't be made says so; a refused certificate stays in the state to be replaced", async (t) => {
  const stack = await stackFor(t, cloud);
  await cloud.call("POST", "/v2/domains", { name: "caa.test" });
  await cloud.call("POST", "/v2/domains/caa.test/records", {
    type: "CAA",
    name: "@",
    data: "digicert.com.",
    flags: 0,
    tag: "issue",
  });
  const failures: [body: string, says: RegExp][] = [
    [`new digitalocean.Certificate("c", { type: "lets_encrypt" }, cloud)`, /`domains` is required/],
    [`new digitalocean.Certificate("c", { leafCertificate: "x" }, cloud)`, /`private_key` is required/],
    [
      `new digitalocean.DnsRecord("r", { domain: "caa.test", type: "MX", name: "@", value: "mx.caa.test." }, cloud)`,
      /`priority` is required/,
    ],
    [
      `new digitalocean.LoadBalancer("b", { region: "fra1", healthcheck: { protocol: "http", port: 80 } }, cloud)`,
      /`path` is required/,
    ],
    [
      `new digitalocean.LoadBalancer("b", { type: "GLOBAL", region: "fra1" }, cloud)`,
      /'region' must be empty/,
    ],
    [
      `new digitalocean.UptimeCheck("u", { target: "https://caa.test" }, cloud).id.apply((checkId) => new digitalocean.UptimeAlert("a",
        { checkId, type: "down", period: "2m", notifications: [{ emails: ["bob@example.com"] }] }, cloud))`,
      /invalid value for field 'notifications\.email\[0\]': invalid email 'bob@example\.com'/,
    ],
    [
      `new digitalocean.Certificate("c", { type: "lets_encrypt", domains: ["caa.test"] }, cloud)`,
      /error.*verified|verified.*error/,
    ],
  ];
  for (const [body, says] of failures) {
    stack.program(`${body};`);
    const { code, output } = await stack.tryUp();
    assert.notEqual(code, 0, body);
    assert.match(output, says);
  }
  assert.ok(
    (await stack.state()).some(({ type }) => type.includes("certificate")),
    "it is there, and has failed",
  );
  await stack.destroy();
  await cloud.call("DELETE", "/v2/domains/caa.test");
});

test("what never gets ready is in the state all the same: a certificate blocks every update until it is replaced", async (t) => {
  const stack = await stackFor(t, cloud);
  await cloud.call("POST", "/v2/domains", { name: "slow.test" });
  await cloud.fault({ method: "POST", path: "/v2/certificates", times: 1, effect: { kind: "stall" } });
  // 10 s is the official plugin's first look.
  const create = side === "official" ? "12s" : "1s";
  stack.program(`new digitalocean.Certificate("slow", { type: "lets_encrypt", domains: ["slow.test"] },
    { ...cloud, customTimeouts: { create: "${create}" } });`);
  assert.notEqual((await stack.tryUp()).code, 0);
  const { id, urn } = await stack.resource("slow");
  assert.notEqual((await stack.tryUp()).code, 0, "it can't be updated");
  assert.equal((await stack.resource("slow")).id, id);

  await stack.up("--replace", urn);
  assert.partialDeepStrictEqual((await stack.resource("slow")).outputs, { state: "verified" });
  assert.deepEqual(await stack.preview(), []);
  await stack.destroy();
  await cloud.call("DELETE", "/v2/domains/slow.test");
});

test("a balancer that fails is in the state, and the next update takes it on", async (t) => {
  const stack = await stackFor(t, cloud);
  await cloud.fault({ method: "POST", path: "/v2/load_balancers", times: 1, effect: { kind: "fail" } });
  stack.program(`new digitalocean.LoadBalancer("front", { region: "fra1",
    forwardingRules: [{ entryProtocol: "http", entryPort: 80, targetProtocol: "http", targetPort: 80 }] }, cloud);`);
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.match(output, /errored/);
  const { id } = await stack.resource("front");
  await stack.up();
  assert.equal((await stack.resource("front")).id, id);
  await stack.destroy();
});

test("a registry: the tier changes in place, a name does not", async (t) => {
  const stack = await stackFor(t, cloud);
  const program = (tier: string, more = "") => `
    const registry = new digitalocean.ContainerRegistry("images", { name: "shop-images", subscriptionTierSlug: "${tier}", region: "fra1" }, cloud);
    export const found = digitalocean.getContainerRegistryOutput({ name: registry.name }, cloud);${more}`;
  stack.program(program("starter"));
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  assert.partialDeepStrictEqual(await stack.resource("images"), {
    id: "shop-images",
    outputs: {
      endpoint: "registry.digitalocean.com/shop-images",
      serverUrl: "registry.digitalocean.com",
      region: "fra1",
    },
  });
  stack.program(program("basic"));
  assert.partialDeepStrictEqual(await stack.preview(), [
    { op: "update", changes: { subscriptionTierSlug: "update" } },
  ]);
  await stack.up();
  assert.partialDeepStrictEqual(await cloud.call("GET", "/v2/registry/subscription"), {
    subscription: { tier: { slug: "basic" } },
  });
  await stack.destroy();
});

test("what a program should keep clear of: values of more digits than single precision has, alerts that change their check", async (t) => {
  const stack = await stackFor(t, cloud);
  const program = (check: string) => `
    const emails = ["ops@breakwater.dev"];
    new digitalocean.MonitorAlert("busy", { type: "v1/dbaas/alerts/cpu_alerts", compare: "GreaterThan", value: 80.1, window: "5m",
      description: "busy", alerts: { emails } }, cloud);
    const checks = { one: 0, two: 0 };
    for (const name of Object.keys(checks)) checks[name] = new digitalocean.UptimeCheck(name, { target: "https://shop.test" }, cloud);
    new digitalocean.UptimeAlert("down", { checkId: checks.${check}.id, type: "down", period: "2m", notifications: [{ emails }] }, cloud);`;
  stack.program(program("one"));
  await stack.up();
  const lasting = { op: "update", name: "busy", changes: { value: "update" } };
  assert.deepEqual(await stack.preview(), [lasting]);

  stack.program(program("two"));
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.match(output, /404/);
  stack.program(program("one"));
  await stack.up();
  await stack.destroy();
});
