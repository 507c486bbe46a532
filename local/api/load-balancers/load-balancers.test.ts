import assert from "node:assert/strict";
import { test } from "node:test";
import { Authority, makeAuthority } from "../../certificates.ts";
import { type Client, cloudFor, type Made } from "../../testing.ts";

interface Balancer extends Made {
  ip: string;
  status: string;
  droplet_ids: number[];
  forwarding_rules: { certificate_id: string }[];
}
interface Refusal {
  message: string;
}

const web = { entry_protocol: "http", entry_port: 80, target_protocol: "http", target_port: 8080 };
const secure = { ...web, entry_protocol: "https", entry_port: 443 };
const BASE = { name: "front", region: "fra1", forwarding_rules: [web] };
const at = ({ id }: { id: string }) => `/v2/load_balancers/${id}`;

async function get(cloud: Client, balancer: { id: string }): Promise<Balancer> {
  return (await cloud.get<{ load_balancer: Balancer }>(at(balancer))).body.load_balancer;
}

/** The balancer once it is active: that takes a millisecond at least. */
async function active(cloud: Client, facts: object = {}): Promise<Balancer> {
  const made = await cloud.make("/v2/load_balancers", { ...BASE, ...facts });
  for (;;) {
    const balancer = await get(cloud, made);
    if (balancer.status !== "new") return balancer;
  }
}

async function certificate(cloud: Client, name: string): Promise<Made> {
  const authority = new Authority(makeAuthority("CA"), "CA");
  const issued = authority.issueServer(["example.com"], new Date(Date.now() + 86_400_000));
  return cloud.make("/v2/certificates", {
    name,
    private_key: issued.key,
    leaf_certificate: issued.certificate,
  });
}

const droplet = async (cloud: Client, facts: object = {}) =>
  Number(
    (
      await cloud.make("/v2/droplets", {
        name: "web",
        region: "fra1",
        size: "s-1vcpu-1gb",
        image: "ubuntu-24-04-x64",
        ...facts,
      })
    ).id,
  );

test("a balancer is new, then active with an address; what a request leaves out has the platform's defaults", async (t) => {
  const cloud = await cloudFor(t);
  const { status, body } = await cloud.post<{ load_balancer: Balancer }>("/v2/load_balancers", BASE);
  assert.equal(status, 202);
  assert.partialDeepStrictEqual(body.load_balancer, { status: "new", ip: "" });
  const balancer = await active(cloud, { name: "other" });
  assert.match(balancer.ip, /^127\.23\./);
  assert.partialDeepStrictEqual(balancer, {
    status: "active",
    type: "REGIONAL",
    size_unit: 1,
    size: "lb-small",
    algorithm: "round_robin",
    forwarding_rules: [{ ...web, certificate_id: "", tls_passthrough: false }],
    health_check: {
      protocol: "http",
      port: 80,
      path: "/",
      check_interval_seconds: 10,
      response_timeout_seconds: 5,
    },
    sticky_sessions: { type: "none" },
    http_idle_timeout_seconds: 60,
    tls_cipher_policy: "DEFAULT",
    network: "EXTERNAL",
    network_stack: "IPV4",
    firewall: { allow: [], deny: [] },
    droplet_ids: [],
    tag: "",
  });
  const { load_balancers } = (await cloud.get<{ load_balancers: Balancer[] }>("/v2/load_balancers")).body;
  assert.equal(new Set(load_balancers.map(({ id }) => id)).size, 2);
  assert.match((await active(cloud, { name: "inside", network: "INTERNAL" })).ip, /^127\.24\./);
  assert.match(
    String((await active(cloud, { name: "dual", network_stack: "DUALSTACK" })).ipv6),
    /^::ffff:127\.23\./,
  );
});

test("rules that can't work are refused", async (t) => {
  const cloud = await cloudFor(t);
  const { id: certificate_id } = await certificate(cloud, "tls");
  const rule = (facts: object) => ({ forwarding_rules: [{ ...web, ...facts }] });
  const glb = { target_protocol: "http", target_port: 80 };
  for (const [facts, says] of [
    [{ forwarding_rules: [] }, /forwarding_rules/],
    [
      { forwarding_rules: Array.from({ length: 41 }, (_, n) => ({ ...web, entry_port: n + 1 })) },
      /at most 40/,
    ],
    [rule({ entry_port: 50053 }), /reserved/],
    [rule({ target_port: 50055 }), /reserved/],
    [rule({ entry_port: 0 }), /entry_port/],
    [rule({ entry_protocol: "tcp" }), /tcp can not be forwarded as http/],
    [rule({ entry_protocol: "udp", target_protocol: "tcp" }), /udp can not be forwarded as tcp/],
    [rule({ target_protocol: "http3" }), /target_protocol/],
    [rule({ certificate_id }), /certificate_id needs/],
    [rule({ tls_passthrough: true }), /tls_passthrough needs/],
    [rule({ entry_protocol: "https" }), /needs a certificate_id or tls_passthrough/],
    [rule({ entry_protocol: "https", certificate_id: crypto.randomUUID() }), /no certificate/],
    [
      rule({ entry_protocol: "https", target_protocol: "https", certificate_id, tls_passthrough: true }),
      /both/,
    ],
    [rule({ entry_protocol: "https", tls_passthrough: true }), /same protocol/],
    [rule({ entry_protocol: "http3", certificate_id, tls_passthrough: true }), /http3 can not be passed/],
    [{ forwarding_rules: [web, { ...secure, entry_port: 80, certificate_id }] }, /listen on tcp\/80/],
    [{ type: "REGIONAL_NETWORK" }, /REGIONAL_NETWORK/],
    [{ redirect_http_to_https: true }, /redirect_http_to_https/],
    [{ health_check: { protocol: "tcp", port: 80, path: "/" } }, /path/],
    [{ health_check: { protocol: "http", port: 80, healthy_threshold: 1 } }, /healthy_threshold/],
    [{ sticky_sessions: { type: "cookies", cookie_ttl_seconds: 5 } }, /cookie_name/],
    [{ sticky_sessions: { type: "cookies", cookie_name: "LB" } }, /cookie_ttl_seconds/],
    [{ sticky_sessions: { type: "none", cookie_name: "LB" } }, /need the type cookies/],
    [
      {
        ...rule({ entry_protocol: "tcp", target_protocol: "tcp" }),
        sticky_sessions: { type: "cookies", cookie_name: "LB", cookie_ttl_seconds: 5 },
      },
      /cookies need/,
    ],
    [{ http_idle_timeout_seconds: 29 }, /http_idle_timeout_seconds/],
    [{ size_unit: 201 }, /size_unit/],
    [{ firewall: { allow: ["1.2.3.4"] } }, /firewall\.allow/],
    [{ firewall: { deny: ["cidr:1.2.3.4"] } }, /firewall\.deny/],
    [{ firewall: { allow: Array.from({ length: 501 }, () => "ip:1.2.3.4") } }, /at most 500/],
    [{ tag: "web", droplet_ids: [1] }, /together/],
    [{ droplet_ids: [1] }, /no droplet 1/],
    [{ droplet_ids: Array.from({ length: 11 }, (_, n) => n + 1) }, /at most 10/],
    [{ region: "mars1" }, /region/],
    [{ region: "" }, /region/],
    [{ vpc_uuid: crypto.randomUUID() }, /vpc_uuid: VPC/],
    [{ project_id: crypto.randomUUID() }, /project_id/],
    [{ ip: "192.0.2.1" }, /ip:/],
    [{ glb_settings: glb }, /GLOBAL/],
    [{ type: "GLOBAL", region: "" }, /forwarding_rules: must be empty/],
    [{ type: "GLOBAL", forwarding_rules: [], glb_settings: glb }, /region: must be empty/],
    [{ type: "GLOBAL", region: "", forwarding_rules: [] }, /glb_settings is required/],
    [
      {
        type: "GLOBAL",
        region: "",
        forwarding_rules: [],
        glb_settings: glb,
        target_load_balancer_ids: ["x"],
      },
      /no regional/,
    ],
  ] as const) {
    const answer = await cloud.post<Refusal>("/v2/load_balancers", { ...BASE, ...facts });
    assert.equal(answer.status, 422, JSON.stringify(facts));
    assert.match(answer.body.message, says, JSON.stringify(facts));
  }
  const { load_balancers } = (await cloud.get<{ load_balancers: [] }>("/v2/load_balancers")).body;
  assert.deepEqual(load_balancers, []);
});

test("what may stand together does", async (t) => {
  const cloud = await cloudFor(t);
  const { id: certificate_id } = await certificate(cloud, "tls");
  const regional = await active(cloud, {
    forwarding_rules: [
      web,
      { ...secure, entry_protocol: "http2", certificate_id },
      { ...secure, entry_protocol: "http3", certificate_id },
      { ...web, entry_protocol: "udp", target_protocol: "udp" },
      { ...web, entry_protocol: "tcp", target_protocol: "tcp", entry_port: 5432 },
    ],
    redirect_http_to_https: true,
    firewall: { allow: ["ip:2001:db8::1", "cidr:10.0.0.0/8"], deny: ["ip:1.2.3.4"] },
  });
  assert.equal(regional.forwarding_rules.length, 5);
  // The provider's own test (TestAccDigitalOceanLoadbalancer_sslTermination): the platform listens on port 80 by itself.
  await active(cloud, { forwarding_rules: [{ ...secure, certificate_id }], redirect_http_to_https: true });
  await active(cloud, {
    type: "regional_network",
    forwarding_rules: [{ ...web, entry_protocol: "tcp", target_protocol: "tcp" }],
  });
  const globe = await active(cloud, {
    type: "GLOBAL",
    region: "",
    forwarding_rules: [],
    glb_settings: { target_protocol: "HTTP", target_port: 80, cdn: { is_enabled: true } },
    domains: [{ name: "example.com", is_managed: false, certificate_id }],
    target_load_balancer_ids: [regional.id],
  });
  assert.partialDeepStrictEqual(globe, { domains: [{ name: "example.com", certificate_id }] });
  assert.equal(globe.region, undefined);
  assert.equal((await cloud.delete(`${at(globe)}/cache`)).status, 204);
  assert.equal((await cloud.delete(`${at(regional)}/cache`)).status, 422);
});

test("an update is whole: what it leaves out is back at its default; what can't change doesn't", async (t) => {
  const cloud = await cloudFor(t);
  const balancer = await active(cloud, {
    http_idle_timeout_seconds: 90,
    tls_cipher_policy: "STRONG",
    tag: "web",
  });
  const put = (facts: object) =>
    cloud.put<Refusal & { load_balancer: Balancer }>(at(balancer), { ...BASE, ...facts });
  assert.partialDeepStrictEqual((await put({ tls_cipher_policy: "STRONG" })).body.load_balancer, {
    ip: balancer.ip,
    tls_cipher_policy: "STRONG",
    http_idle_timeout_seconds: 60,
    tag: "",
  });
  for (const [facts, says] of [
    [{ region: "ams3" }, /region/],
    [{ type: "REGIONAL_NETWORK" }, /type/],
    [{ network: "INTERNAL" }, /network/],
    [{ network_stack: "DUALSTACK" }, /network_stack/],
    [{ vpc_uuid: crypto.randomUUID() }, /vpc_uuid/],
  ] as const) {
    const answer = await put(facts);
    assert.equal(answer.status, 422);
    assert.match(answer.body.message, says);
  }
  const project = await cloud.make("/v2/projects", { name: "p", purpose: "x" });
  assert.equal((await put({ project_id: project.id })).body.load_balancer.project_id, project.id);
});

test("it can't be changed while it is made, nor resized twice in a minute; a failed one is errored", async (t) => {
  const cloud = await cloudFor(t, { timeScale: 1 });
  const made = await cloud.make("/v2/load_balancers", BASE);
  const early = await cloud.put<Refusal>(at(made), BASE);
  assert.equal(early.status, 403);
  assert.match(early.body.message, /can't be updated while it processes previous actions/);

  const quick = await cloudFor(t, { timeScale: 0.0001 });
  const balancer = await active(quick);
  const resize = (size_unit: number) => quick.put(at(balancer), { ...BASE, size_unit });
  while ((await resize(2)).status === 422);
  assert.equal((await resize(2)).status, 200, "the same size is no resize");
  assert.equal((await get(quick, balancer)).size_unit, 2);

  const slow = await cloudFor(t);
  await slow.post("/_local/faults", {
    method: "POST",
    path: "/v2/load_balancers",
    times: 1,
    effect: { kind: "fail" },
  });
  assert.equal((await active(slow)).status, "errored");
});

test("a resize within the minute is refused", async (t) => {
  const cloud = await cloudFor(t, { timeScale: 0.01 });
  const balancer = await active(cloud, {});
  let refused = 0;
  for (let size_unit = 2; refused === 0; size_unit = size_unit === 2 ? 3 : 2)
    refused = (await cloud.put(at(balancer), { ...BASE, size_unit })).status === 422 ? 1 : 0;
  assert.equal(refused, 1);
});

test("its droplets: by tag those that carry it in its VPC, else those it names", async (t) => {
  const cloud = await cloudFor(t);
  const own = await cloud.make("/v2/vpcs", { name: "own", region: "fra1" });
  const tagged = await active(cloud, { tag: "web" });
  const [one, two, far] = [
    await droplet(cloud, { tags: ["web"] }),
    await droplet(cloud),
    await droplet(cloud, { tags: ["web"], vpc_uuid: own.id }),
  ];
  assert.deepEqual((await get(cloud, tagged)).droplet_ids, [one]);
  await cloud.post("/v2/tags/web/resources", {
    resources: [{ resource_id: String(two), resource_type: "droplet" }],
  });
  assert.deepEqual((await get(cloud, tagged)).droplet_ids, [one, two]);
  assert.equal((await cloud.post(`${at(tagged)}/droplets`, { droplet_ids: [two] })).status, 422);

  const named = await active(cloud, { name: "named", droplet_ids: [one] });
  assert.equal((await cloud.post(`${at(named)}/droplets`, { droplet_ids: [two] })).status, 204);
  assert.deepEqual((await get(cloud, named)).droplet_ids, [one, two]);
  assert.equal(
    (await cloud.post(`${at(named)}/droplets`, { droplet_ids: [far] })).status,
    422,
    "it is in another VPC",
  );
  assert.equal((await cloud.delete(`${at(named)}/droplets`, { droplet_ids: [one] })).status, 204);
  assert.deepEqual((await get(cloud, named)).droplet_ids, [two]);

  assert.equal(
    (await cloud.post(`${at(named)}/forwarding_rules`, { forwarding_rules: [{ ...web, entry_port: 81 }] }))
      .status,
    204,
  );
  assert.equal((await cloud.post(`${at(named)}/forwarding_rules`, { forwarding_rules: [web] })).status, 422);
  assert.equal(
    (await cloud.delete(`${at(named)}/forwarding_rules`, { forwarding_rules: [web] })).status,
    204,
  );
  assert.partialDeepStrictEqual(await get(cloud, named), {
    forwarding_rules: [{ entry_port: 81 }],
    droplet_ids: [two],
  });
});

test("a VPC and a certificate can't go while a balancer has them, also one that is going", async (t) => {
  const cloud = await cloudFor(t, { timeScale: 0.02 });
  const vpc = await cloud.make("/v2/vpcs", { name: "own", region: "fra1" });
  const tls = await certificate(cloud, "tls");
  const rules = { forwarding_rules: [{ ...secure, certificate_id: tls.id }] };
  const balancer = await active(cloud, { ...rules, vpc_uuid: vpc.id });
  const members = await cloud.get<{ members: Made[] }>(`/v2/vpcs/${vpc.id}/members`);
  assert.deepEqual(
    members.body.members.map(({ urn }) => urn),
    [`do:loadbalancer:${balancer.id}`],
  );
  const refusal = await cloud.delete<Refusal>(`/v2/certificates/${tls.id}`);
  assert.equal(refusal.status, 403);
  assert.match(refusal.body.message, /Make sure the certificate is not in use before deleting it/);
  assert.equal((await cloud.delete(`/v2/vpcs/${vpc.id}`)).status, 403);

  assert.equal((await cloud.delete(at(balancer))).status, 204);
  assert.equal((await cloud.get(at(balancer))).status, 404);
  assert.equal(
    (await cloud.delete(`/v2/certificates/${tls.id}`)).status,
    403,
    "it is still being taken down",
  );
  while ((await cloud.delete(`/v2/certificates/${tls.id}`)).status === 403);
  assert.equal((await cloud.get(`/v2/certificates/${tls.id}`)).status, 404);
  while ((await cloud.delete(`/v2/vpcs/${vpc.id}`)).status === 403);
  assert.equal((await cloud.get(`/v2/vpcs/${vpc.id}`)).status, 404);
});

test("Let's Encrypt brings an A record at the apex, once, unless that is disabled; a renewal changes the id alone", async (t) => {
  const cloud = await cloudFor(t);
  const apex = async (zone: string) =>
    (
      await cloud.get<{ domain_records: { name: string; data: string }[] }>(
        `/v2/domains/${zone}/records?type=A`,
      )
    ).body.domain_records;
  for (const name of ["example.com", "example.net"]) await cloud.make("/v2/domains", { name });
  const issue = async (name: string, zone: string) =>
    cloud.make("/v2/certificates", { name, type: "lets_encrypt", dns_names: [`www.${zone}`, `*.${zone}`] });
  const [com, net] = [await issue("com", "example.com"), await issue("net", "example.net")];
  const rules = (id: string) => ({ forwarding_rules: [{ ...secure, certificate_id: id }] });

  const quiet = await active(cloud, { ...rules(net.id), disable_lets_encrypt_dns_records: true });
  assert.deepEqual(await apex("example.net"), []);
  await cloud.put(at(quiet), { ...BASE, ...rules(net.id) });
  assert.deepEqual(await apex("example.net"), [], "the certificate is not new to it");

  const loud = await active(cloud, { name: "loud", ...rules(com.id) });
  assert.partialDeepStrictEqual(await apex("example.com"), [{ name: "@", data: loud.ip }]);
  await cloud.make("/v2/domains/example.com/records", { type: "A", name: "@", data: loud.ip });
  assert.equal((await apex("example.com")).length, 2, "a program that writes it too has it twice");

  const renewed = await cloud.make("/_local/certificates/com/renew", {});
  assert.equal((await get(cloud, loud)).forwarding_rules[0]?.certificate_id, renewed.id);
  assert.equal((await cloud.delete(`/v2/certificates/${renewed.id}`)).status, 403);
  await cloud.delete(at(loud));
  assert.equal((await apex("example.com")).length, 2, "the records are the user's");
});
