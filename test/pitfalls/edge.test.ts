import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "../conformance/cloud.ts";
import { fresh, network, plan, write } from "./program.ts";

/** What goes wrong with zones, certificates, load balancers and checks, met by the components. docs/pitfalls.md has the list. */

const cloud = await cloudForTests();

const domain = (hosts = '"shop.example"'): string => `
const domain = new components.Domain("domain",
  { zone: "shop.example", certificates: { site: [${hosts}] }, protection: open }, opts);`;

const balancer = (more = ""): string => `
const balancer = new components.LoadBalancer("balancer", { region: "fra1", vpcId, nodes: 1,
  certificateName: domain.certificate("site"), backendTag: "api", port: 8080, healthPath: "/healthz",
  protection: open, ${more} }, opts);
domain.pointTo(balancer.ip);`;

interface Record_ {
  type: string;
  name: string;
  data: string;
}

const records = async () =>
  (await cloud.call<{ domain_records: Record_[] }>("GET", "/v2/domains/shop.example/records?per_page=200"))
    .domain_records;

const certificates = async () =>
  (await cloud.call<{ certificates: { id: string; name: string }[] }>("GET", "/v2/certificates"))
    .certificates;

test("a certificate in use is replaced by a new one before it goes, under a name of its own", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, network + domain() + balancer());
  await stack.up();
  const [before] = await certificates();
  write(stack, network + domain('"shop.example", "www.shop.example"') + balancer());
  const requests = await cloud.during(() => stack.up());
  const changes = requests.filter((request) =>
    /^(POST|PUT|DELETE) .*(certificates|load_balancers)/.test(request),
  );
  assert.deepEqual(
    changes.map((request) => request.split(" ")[0]),
    ["POST", "PUT", "DELETE"],
    changes.join("\n"),
  );
  const after = await certificates();
  assert.equal(after.length, 1);
  assert.notEqual(after[0]?.name, before?.name);
});

test("a renewed certificate has another id and is no change", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, network + domain() + balancer());
  await stack.up();
  const [before] = await certificates();
  await cloud.call("POST", `/_local/certificates/${before?.name}/renew`);
  const [after] = await certificates();
  assert.notEqual(after?.id, before?.id);
  await stack.refresh();
  assert.deepEqual(await plan(stack), {});
});

test("a balancer has strong ciphers from its creation, and its host has one address record", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, network + domain() + balancer());
  await stack.up();
  const { id } = await stack.resource("balancer-balancer");
  const { load_balancer: made } = await cloud.call<{
    load_balancer: { ip: string; tls_cipher_policy: string };
  }>("GET", `/v2/load_balancers/${id}`);
  assert.equal(made.tls_cipher_policy, "STRONG");
  assert.deepEqual(
    (await records()).filter(({ type }) => type === "A").map(({ name, data }) => [name, data]),
    [["@", made.ip]],
  );
});

test("records belong to the zone by its name", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, domain());
  await stack.up();
  for (const { type, inputs } of await stack.state())
    if (type === "digitalocean:index/dnsRecord:DnsRecord") assert.equal(inputs.domain, "shop.example");
  assert.ok((await records()).some(({ type }) => type === "CAA"));
  await stack.refresh();
  assert.deepEqual(await plan(stack), {});
});

test("a change that would bring a balancer another address is refused", async (t) => {
  const stack = await fresh(t, cloud);
  const guarded = "protection: { retain: false },";
  write(stack, network + domain() + balancer(guarded));
  await stack.up();
  const other = network
    .replaceAll("network", "other")
    .replace("{ vpcId, ipRange }", "{ vpcId: otherId }")
    .replace("shop", "other")
    .replace("10.20", "10.30");
  write(stack, network + other + domain() + balancer(`${guarded} vpcId: otherId,`));
  const { code, output } = await stack.attempt(["preview"]);
  assert.notEqual(code, 0);
  assert.match(output, /unable to replace resource .*balancer-balancer.*marked for protection/s);
});

test("an uptime alert over an hour comes back as it was asked for", async (t) => {
  const stack = await fresh(t, cloud);
  write(
    stack,
    `new components.Monitoring("monitoring", { uptime: { site: "https://shop.example" } }, opts);`,
  );
  await stack.up();
  const hours = (await stack.state()).filter(({ inputs }) => inputs.period === "1h");
  assert.equal(hours.length, 1);
  await stack.refresh();
  assert.deepEqual(await plan(stack), {});
});
