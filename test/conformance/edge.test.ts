import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "./cloud.ts";
import { otherSide, side } from "./sides.ts";
import { Secret, stackFor } from "./stack.ts";

const cloud = await cloudForTests();

interface Rules {
  load_balancer: { id: string; ip: string; forwarding_rules: { certificate_id: string }[] };
}

const edge = ({ ttl = 1800, nodes = 1, value = 80, target = "https://shop.test", threshold = 300 } = {}) => `
  const vpc = new digitalocean.Vpc("net", { name: "edge-net", region: "fra1", ipRange: "10.70.0.0/20" }, cloud);
  const zone = new digitalocean.Domain("zone", { name: "shop.test", ipAddress: "192.0.2.7" }, cloud);
  const record = (name, args) => new digitalocean.DnsRecord(name, { domain: zone.name, ...args }, cloud);
  record("www", { type: "CNAME", name: "www", value: "@", ttl: ${ttl} });
  record("mail", { type: "MX", name: "@", value: "mx.shop.test.", priority: 10 });
  record("caa", { type: "CAA", name: "@", value: "letsencrypt.org.", flags: 0, tag: "issue" });
  record("spf", { type: "TXT", name: "shop.test.", value: "v=spf1 -all" });
  record("sip", { type: "SRV", name: "_sip._tcp", value: "sip.shop.test.", priority: 1, weight: 0, port: 5060 });
  const tls = new digitalocean.Certificate("tls",
    { type: "lets_encrypt", domains: [zone.name, pulumi.interpolate\`*.\${zone.name}\`] }, cloud);
  const balancer = new digitalocean.LoadBalancer("front", { region: "fra1", vpcUuid: vpc.id, sizeUnit: ${nodes},
    forwardingRules: [
      { entryProtocol: "http2", entryPort: 443, targetProtocol: "http", targetPort: 8080, certificateName: tls.name },
      { entryProtocol: "http", entryPort: 80, targetProtocol: "http", targetPort: 8080 } ],
    healthcheck: { protocol: "http", port: 8080, path: "/healthz" }, dropletTag: "web", redirectHttpToHttps: true,
    disableLetsEncryptDnsRecords: true, tlsCipherPolicy: "STRONG", firewall: { denies: ["cidr:192.0.2.0/24"] } }, cloud);
  record("apex", { type: "A", name: "@", value: balancer.ip });
  const team = { emails: ["ops@breakwater.dev"], slacks: [{ channel: "#ops", url: "https://hooks.slack.com/services/T/B/X" }] };
  new digitalocean.MonitorAlert("errors", { type: "v1/insights/lbaas/increase_in_http_error_rate_count_5xx", compare: "GreaterThan",
    value: ${value}, window: "5m", description: "5xx", entities: [balancer.id], alerts: team }, cloud);
  const check = new digitalocean.UptimeCheck("site", { target: "${target}", regions: ["us_east", "eu_west"] }, cloud);
  new digitalocean.UptimeAlert("slow", { checkId: check.id, type: "latency", comparison: "greater_than", threshold: ${threshold},
    period: "5m", notifications: [team] }, cloud);
  new digitalocean.UptimeAlert("down", { checkId: check.id, type: "down", period: "2m", notifications: [{ emails: team.emails }] }, cloud);
  export const zoneFile = digitalocean.getDomainOutput({ name: zone.name }, cloud).zoneFile;
  export const certificate = digitalocean.getCertificateOutput({ name: tls.name }, cloud);
  export const found = digitalocean.getLoadBalancerOutput({ id: balancer.id }, cloud);`;

test("an edge: zone, records, certificate, balancer, alerts: no noise, updates in place, renewal, gone in order", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(edge());
  await stack.up();
  assert.deepEqual(await stack.preview(), [], "nothing changes on its own");
  await stack.run(["refresh", "--preview-only", "--expect-no-changes"]);

  const tls = await stack.resource("tls");
  assert.equal(tls.id, tls.outputs.name);
  assert.partialDeepStrictEqual(tls.outputs, { state: "verified", type: "lets_encrypt" });
  assert.notEqual(tls.outputs.uuid, tls.id);
  const front = await stack.resource("front");
  assert.match(String(front.outputs.name), /^front-[0-9a-f]{7}$/);
  assert.partialDeepStrictEqual(front.outputs, {
    status: "active",
    type: "REGIONAL",
    loadBalancerUrn: `do:loadbalancer:${front.id}`,
    httpIdleTimeoutSeconds: 60,
  });
  const mail = await stack.resource("mail");
  assert.partialDeepStrictEqual(mail.outputs, { fqdn: "shop.test", value: "mx.shop.test." });
  assert.match(mail.id, /^\d+$/);

  const balancer = async () =>
    (await cloud.call<Rules>("GET", `/v2/load_balancers/${front.id}`)).load_balancer;
  const idOfRule = async () => (await balancer()).forwarding_rules.map((rule) => rule.certificate_id);
  const before = await idOfRule();
  await cloud.call("POST", `/_local/certificates/${tls.id}/renew`);
  assert.notDeepEqual(await idOfRule(), before, "a renewal brings another id");
  assert.deepEqual(await stack.preview(), [], "and the program does not notice");
  await stack.refresh();
  assert.deepEqual(await stack.preview(), []);

  stack.program(edge({ ttl: 600, nodes: 2, value: 5, target: "https://www.shop.test", threshold: 500 }));
  const steps = await stack.preview();
  assert.deepEqual(
    Object.fromEntries(steps.map(({ name, op, changes }) => [name, [op, ...Object.keys(changes)]])),
    {
      www: ["update", "ttl"],
      front: ["update", "sizeUnit"],
      errors: ["update", "value"],
      site: ["update", "target"],
      slow: ["update", "threshold"],
    },
  );
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  assert.partialDeepStrictEqual(await balancer(), {
    size_unit: 2,
    tls_cipher_policy: "STRONG",
    ip: front.outputs.ip,
  });

  const { zoneFile, certificate, found } = await stack.outputs();
  assert.match(String(zoneFile), /^shop\.test\. 1800 IN A 192\.0\.2\.7$/m);
  assert.partialDeepStrictEqual(certificate, { id: tls.id, type: "lets_encrypt" });
  assert.partialDeepStrictEqual(found, { name: front.outputs.name, sizeUnit: 2, dropletTag: "web" });

  await stack.destroy();
  for (const path of [
    "/v2/domains",
    "/v2/certificates",
    "/v2/load_balancers",
    "/v2/uptime/checks",
    "/v2/monitoring/alerts",
  ])
    assert.partialDeepStrictEqual(await cloud.call("GET", path), { meta: { total: 0 } }, path);
});

test("what exists is adopted: by import, without a change", async (t) => {
  const stack = await stackFor(t, cloud);
  await cloud.call("POST", "/v2/domains", { name: "found.test" });
  const { domain_record: record } = await cloud.call<{ domain_record: { id: number } }>(
    "POST",
    "/v2/domains/found.test/records",
    { type: "MX", name: "@", data: "mx.found.test.", priority: 10, ttl: 300 },
  );
  const made = async (path: string, body: object): Promise<{ id: string; uuid: string }> =>
    Object.values(await cloud.call<Record<string, { id: string; uuid: string }>>("POST", path, body))[0] ?? {
      id: "",
      uuid: "",
    };
  const rule = { entry_protocol: "http", entry_port: 80, target_protocol: "http", target_port: 80 };
  const balancer = await made("/v2/load_balancers", {
    name: "found",
    region: "fra1",
    forwarding_rules: [rule],
  });
  await made("/v2/certificates", { name: "found", type: "lets_encrypt", dns_names: ["found.test"] });
  const notify = { email: ["ops@breakwater.dev"], slack: [] };
  const policy = {
    type: "v1/dbaas/alerts/cpu_alerts",
    description: "busy",
    compare: "GreaterThan",
    value: 80,
    window: "5m",
  };
  const alert = await made("/v2/monitoring/alerts", {
    ...policy,
    entities: [],
    tags: [],
    alerts: notify,
    enabled: true,
  });
  const check = await made("/v2/uptime/checks", {
    name: "found",
    type: "https",
    target: "https://found.test",
    regions: ["us_east"],
  });
  const down = await made(`/v2/uptime/checks/${check.id}/alerts`, {
    name: "down",
    type: "down",
    period: "2m",
    notifications: notify,
  });

  const resources = (adopt: boolean) => {
    const by = (id: string) => `{ ...cloud${adopt ? `, import: "${id}"` : ""} }`;
    return `
      new digitalocean.Domain("zone", { name: "found.test" }, ${by("found.test")});
      new digitalocean.DnsRecord("mail", { domain: "found.test", type: "MX", name: "@", value: "mx.found.test.", priority: 10, ttl: 300 }, ${by(`found.test,${record.id}`)});
      new digitalocean.Certificate("tls", { name: "found", type: "lets_encrypt", domains: ["found.test"] }, ${by("found")});
      new digitalocean.LoadBalancer("front", { name: "found", region: "fra1",
        forwardingRules: [{ entryProtocol: "http", entryPort: 80, targetProtocol: "http", targetPort: 80 }] }, ${by(balancer.id)});
      new digitalocean.MonitorAlert("busy", { ...${JSON.stringify(policy)}, alerts: { emails: ${JSON.stringify(notify.email)} } }, ${by(alert.uuid)});
      const site = new digitalocean.UptimeCheck("site", { name: "found", target: "https://found.test", regions: ["us_east"] }, ${by(check.id)});
      new digitalocean.UptimeAlert("down", { checkId: site.id, name: "down", type: "down", period: "2m",
        notifications: [{ emails: ${JSON.stringify(notify.email)} }] }, ${by(`${check.id},${down.id}`)});`;
  };
  stack.program(resources(true));
  const steps = await stack.preview();
  assert.deepEqual(
    steps.map(({ op }) => op),
    Array.from({ length: 7 }, () => "import"),
  );
  await stack.up();
  stack.program(resources(false));
  assert.deepEqual(await stack.preview(), [], "what was adopted needs no change");
  assert.equal((await stack.resource("mail")).outputs.fqdn, "found.test");

  await cloud.call("PUT", `/v2/domains/found.test/records/${record.id}`, {
    data: "mx2.found.test.",
    priority: 20,
  });
  await cloud.call("DELETE", `/v2/uptime/checks/${check.id}/alerts/${down.id}`);
  await stack.refresh();
  assert.partialDeepStrictEqual((await stack.resource("mail")).outputs, {
    value: "mx2.found.test.",
    priority: 20,
  });
  assert.deepEqual((await stack.preview()).map(({ op, name }) => `${op} ${name}`).sort(), [
    "create down",
    "update mail",
  ]);
  await stack.up();
  await stack.destroy();
});

/** A value without what the sides write differently: nothing for empty, sets in any order, notes of their own. */
function bare(value: unknown): unknown {
  if (value instanceof Secret) return bare(value.value ?? undefined) && { secret: bare(value.value) };
  if (Array.isArray(value))
    return value.map(bare).sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, bare(part)] as const);
  const isEmpty = (part: unknown) =>
    [undefined, null, "", 0, false].includes(part as null) ||
    (typeof part === "object" && part !== null && Object.keys(part).length === 0);
  return Object.fromEntries(parts.filter(([name, part]) => !name.startsWith("__") && !isEmpty(part)).sort());
}

test("both sides have the same of it: one's state is the other's, and either can take it away", {
  skip: otherSide === undefined && "the official plugins are not on the PATH",
}, async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(edge().replace(/\n {2}export const [^;]+;/g, ""));
  await stack.up();
  assert.deepEqual(await stack.preview(otherSide), [], `made by ${side}`);
  const outputs = async () =>
    Object.fromEntries(
      (await stack.state())
        .filter(({ type }) => type.startsWith("digitalocean:"))
        .map(({ urn, id, outputs }) => [urn, bare({ id, outputs })]),
    );
  const own = await outputs();
  await stack.run(["refresh", "--yes", "--skip-preview"], {}, otherSide);
  assert.deepEqual(await outputs(), own, `refreshed by ${otherSide}`);
  assert.deepEqual(await stack.preview(side), []);
  await stack.run(["destroy", "--yes", "--skip-preview"], {}, otherSide);
  assert.deepEqual(await stack.state(), []);
});
