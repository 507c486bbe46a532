import assert from "node:assert/strict";
import { test } from "node:test";
import { type Judge, judged, skip } from "./judge.ts";
import { ApiDescription, DESCRIPTION } from "./openapi.ts";
import { activeDroplet, type Client, cloudFor, DROPLET, idle, type Made, madeKey } from "./testing.ts";

test("every answer about machines and their networks is as DigitalOcean describes it", {
  skip,
}, async (t) => {
  const cloud = await judged(t);
  await cloud.post("/v2/tags", { name: "web" });
  const key = await madeKey(cloud);
  await keys(cloud, key);
  await droplets(cloud, key);
  await pools(cloud, key);
  await firewalls(cloud);
  await images(cloud);
  await addresses(cloud);
  await networks(cloud);
  assert.deepEqual(cloud.violations, []);
  assert.ok(cloud.seen.size > 90, `only ${cloud.seen.size} different calls were made`);
});

async function keys(cloud: Judge, id: number): Promise<void> {
  for (const path of ["", `/${id}`]) await cloud.get(`/v2/account/keys${path}`);
  await cloud.put(`/v2/account/keys/${id}`, { name: "new" });
  await cloud.post("/v2/account/keys", { name: "x", public_key: "x" });
}

async function droplets(cloud: Judge, key: number): Promise<void> {
  const facts = { ...DROPLET, ssh_keys: [key], tags: ["web"], ipv6: true, backups: true, monitoring: true };
  const { id } = await activeDroplet(cloud, "one", facts);
  await cloud.post("/v2/droplets", { ...facts, names: ["two", "three"] });
  await cloud.post("/v2/droplets", { name: "x", size: "x" });
  const at = `/v2/droplets/${id}`;
  for (const path of [
    "backups",
    "backups/policy",
    "snapshots",
    "actions",
    "kernels",
    "firewalls",
    "neighbors",
  ])
    await cloud.get(`${at}/${path}`);
  for (const path of [
    "/v2/droplets?tag_name=web",
    at,
    "/v2/droplets/1",
    "/v2/droplets/backups/policies",
    "/v2/droplets/backups/supported_policies",
  ])
    await cloud.get(path);
  for (const action of [
    { type: "power_off" },
    { type: "resize", size: "s-2vcpu-2gb", disk: true },
    { type: "power_on" },
    { type: "rename", name: "uno" },
    { type: "snapshot", name: "snap" },
    { type: "change_backup_policy", backup_policy: { plan: "weekly", weekday: "SUN", hour: 4 } },
    { type: "disable_backups" },
    { type: "enable_backups" },
    { type: "rebuild", image: "debian-13-x64" },
    { type: "password_reset" },
    { type: "explode" },
  ]) {
    const { body } = await cloud.post<{ action?: Made }>(`${at}/actions`, action);
    if (body.action) await cloud.get(`${at}/actions/${body.action.id}`);
    if (body.action) await cloud.get(`/v2/actions/${body.action.id}`);
    await idle(cloud, id);
  }
  await cloud.post("/v2/droplets/actions?tag_name=web", { type: "power_cycle" });
  for (const path of ["/v2/actions", `${at}/snapshots`, "/v2/snapshots", "/v2/tags/web"])
    await cloud.get(path);
  const { body } = await cloud.get<{ snapshots: Made[] }>("/v2/snapshots?resource_type=droplet");
  await cloud.get(`/v2/snapshots/${body.snapshots[0]?.id}`);
  await cloud.delete(`/v2/snapshots/${body.snapshots[0]?.id}`);
  await cloud.delete("/v2/droplets?tag_name=web");
  await cloud.delete(at);
}

async function pools(cloud: Judge, key: number): Promise<void> {
  const droplet_template = { ...DROPLET, ssh_keys: [String(key)], user_data: "#!/bin/sh", tags: ["web"] };
  const input = { name: "pool", config: { target_number_instances: 2 }, droplet_template };
  const { id } = await cloud.make("/v2/droplets/autoscale", input);
  const config = { min_instances: 1, max_instances: 3, target_cpu_utilization: 0.5, cooldown_minutes: 5 };
  const at = `/v2/droplets/autoscale/${id}`;
  await cloud.put(at, { ...input, config });
  await cloud.put(at, { ...input, config: {} });
  for (const path of ["/v2/droplets/autoscale", at, `${at}/members`, `${at}/history`]) await cloud.get(path);
  await cloud.delete(`${at}/dangerous`);
  await cloud.get(at);
  const other = await cloud.make("/v2/droplets/autoscale", input);
  await cloud.delete(`/v2/droplets/autoscale/${other.id}`);
}

async function firewalls(cloud: Judge): Promise<void> {
  const { id: droplet } = await activeDroplet(cloud, "box");
  const inbound_rules = [
    { protocol: "tcp", ports: "80", sources: { addresses: ["0.0.0.0/0"], tags: ["web"] } },
  ];
  const outbound_rules = [{ protocol: "icmp", destinations: { droplet_ids: [droplet] } }];
  const { id } = await cloud.make("/v2/firewalls", { name: "fw", inbound_rules, tags: ["web"] });
  const at = `/v2/firewalls/${id}`;
  await cloud.put(at, { name: "fw", inbound_rules, outbound_rules, droplet_ids: [droplet] });
  for (const [path, body] of [
    ["tags", { tags: ["web"] }],
    ["rules", { outbound_rules }],
    ["droplets", { droplet_ids: [droplet] }],
  ] as const) {
    await cloud.post(`${at}/${path}`, body);
    await cloud.delete(`${at}/${path}`, body);
  }
  await cloud.delete(`${at}/rules`, { inbound_rules });
  for (const path of ["/v2/firewalls", at, `/v2/droplets/${droplet}/firewalls`]) await cloud.get(path);
  await cloud.delete(at);
}

async function images(cloud: Judge): Promise<void> {
  for (const path of [
    "?per_page=3",
    "?type=distribution&per_page=200",
    "?type=application",
    "?private=true",
    "/debian-13-x64",
    "/no-such-image",
  ])
    await cloud.get(`/v2/images${path}`);
  const url = "https://example.com/disk.img";
  const image = { name: "own", url, region: "fra1", distribution: "Debian", tags: ["web"] };
  const { id } = await cloud.make("/v2/images", image);
  const at = `/v2/images/${id}`;
  await cloud.put(at, { name: "mine", description: "d" });
  const { body } = await cloud.post<{ action: Made }>(`${at}/actions`, { type: "transfer", region: "ams3" });
  for (const path of [at, `${at}/actions`, `${at}/actions/${body.action.id}`]) await cloud.get(path);
  await cloud.post(`${at}/actions`, { type: "convert" });
  await cloud.delete(at);
}

async function addresses(cloud: Judge): Promise<void> {
  const { id: droplet } = await activeDroplet(cloud, "holder");
  for (const kind of ["reserved_ips", "floating_ips"]) {
    const { ip } = await cloud.make<{ ip: string }>(`/v2/${kind}`, { region: "fra1" });
    const at = `/v2/${kind}/${ip}`;
    for (;;) {
      const { status, body } = await cloud.post<{ action: Made }>(`${at}/actions`, {
        type: "assign",
        droplet_id: droplet,
      });
      if (status !== 201) continue; // it is still being reserved
      await cloud.get(`${at}/actions/${body.action.id}`);
      break;
    }
    for (const path of [`/v2/${kind}`, at, `${at}/actions`]) await cloud.get(path);
    while ((await cloud.post(`${at}/actions`, { type: "unassign" })).status !== 201);
    while ((await cloud.delete(at)).status !== 204);
  }
}

async function networks(cloud: Judge): Promise<void> {
  const vpc = (name: string, region: string) => cloud.make("/v2/vpcs", { name, region });
  const [one, two, three] = [await vpc("one", "fra1"), await vpc("two", "ams3"), await vpc("three", "nyc1")];
  const peering = await cloud.make("/v2/vpc_peerings", { name: "p", vpc_ids: [one.id, two.id] });
  await cloud.post("/v2/vpc_peerings", { name: "q", vpc_ids: [two.id, one.id] });
  const at = `/v2/vpc_peerings/${peering.id}`;
  await cloud.patch(at, { name: "r" });
  await cloud.post(`/v2/vpcs/${one.id}/peerings`, { name: "s", vpc_id: three.id });
  await cloud.patch(`/v2/vpcs/${one.id}/peerings/${peering.id}`, { name: "t" });
  for (const path of ["/v2/vpc_peerings", at, `/v2/vpcs/${one.id}/peerings`]) await cloud.get(path);
  await cloud.delete(`/v2/vpcs/${two.id}`);
  await cloud.delete(at);
  await cloud.get(at);

  const vpcs = [{ vpc_uuid: one.id, default_gateway: true }];
  const input = { name: "out", type: "PUBLIC", region: "fra1", size: 1, vpcs };
  const { id } = await cloud.make("/v2/vpc_nat_gateways", input);
  await cloud.put(`/v2/vpc_nat_gateways/${id}`, { name: "way-out", size: 2, udp_timeout_seconds: 60 });
  for (const path of ["", "?region=fra1&state=ACTIVE", `/${id}`])
    await cloud.get(`/v2/vpc_nat_gateways${path}`);
  await cloud.get(`/v2/vpcs/${one.id}/members`);
  await cloud.get("/v2/projects/default/resources");
  await cloud.delete(`/v2/vpc_nat_gateways/${id}`);
  await cloud.get(`/v2/vpc_nat_gateways/${id}`);
}

const SERVED =
  /^\/v2\/(account\/keys|droplets|firewalls|images|snapshots|reserved_ips|floating_ips|vpc_)|peerings/;
/** Transfers of images between accounts, and droplets that take others with them. */
const NOT_SERVED = /account_transfer|destroy_with/;

/** Requests whose documented example can't succeed here, and why. */
const REFUSED: Record<string, string> = {
  "POST /v2/droplets": "it names SSH keys and a VPC of another account",
  "POST /v2/droplets/autoscale": "it names SSH keys and a VPC of another account",
  "PUT /v2/droplets/autoscale/{autoscale_pool_id}": "it names SSH keys and a VPC of another account",
  "POST /v2/firewalls": "it names a droplet of another account",
  "PUT /v2/firewalls/{firewall_id}": "it names a droplet of another account",
  "POST /v2/firewalls/{firewall_id}/droplets": "it names a droplet of another account",
  "POST /v2/firewalls/{firewall_id}/rules": "it names a droplet of another account",
  "POST /v2/firewalls/{firewall_id}/tags": "it names tags of another account",
  "POST /v2/vpc_nat_gateways": "it names a VPC of another account",
  "PUT /v2/vpc_nat_gateways/{id}": "it names a VPC of another account",
};

test("the documented examples of requests about machines are accepted, or refused for what they name", {
  skip,
}, async (t) => {
  const cloud = await cloudFor(t);
  const wrong: string[] = [];
  let sent = 0;
  for (const operation of new ApiDescription(DESCRIPTION).operations()) {
    if (!SERVED.test(operation.path) || NOT_SERVED.test(operation.path)) continue;
    for (const [name, body] of Object.entries(operation.examples)) {
      await cloud.post("/_local/reset");
      const path = await addressed(cloud, operation.path);
      const answer = await cloud.send(operation.method, path, body);
      const isRefused = REFUSED[`${operation.method} ${operation.path}`] !== undefined;
      if (isRefused ? answer.status !== 422 : answer.status >= 300)
        wrong.push(
          `${operation.method} ${operation.path} (${name}): ${answer.status} ${JSON.stringify(answer.body)}`,
        );
      sent++;
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(sent > 10, `only ${sent} examples were sent`);
});

/** A path whose parameters name something that exists. */
async function addressed(cloud: Client, template: string): Promise<string> {
  const made = async (path: string, body: object) => {
    const { id, ip } = await cloud.make<{ id?: unknown; ip?: string }>(path, body);
    return String(id ?? ip);
  };
  const vpc = (name: string) => made("/v2/vpcs", { name, region: "fra1" });
  const inbound_rules = [{ protocol: "tcp", ports: "1", sources: { addresses: ["10.0.0.1"] } }];
  const image = { name: "i", url: "https://example.com/i.img", region: "fra1" };
  const makers: Record<string, () => Promise<string>> = {
    droplet_id: async () => String((await activeDroplet(cloud, "box")).id),
    ssh_key_identifier: async () => String(await madeKey(cloud)),
    firewall_id: () => made("/v2/firewalls", { name: "fw", inbound_rules }),
    image_id: () => made("/v2/images", image),
    reserved_ip: () => made("/v2/reserved_ips", { region: "fra1" }),
    floating_ip: () => made("/v2/floating_ips", { region: "fra1" }),
    vpc_id: () => vpc("v"),
    vpc_peering_id: async () => {
      const { vpcs } = (await cloud.get<{ vpcs: Made[] }>("/v2/vpcs?per_page=200")).body;
      const one = vpcs.find(({ name }) => name === "v")?.id ?? (await vpc("one"));
      return made("/v2/vpc_peerings", { name: "p", vpc_ids: [one, await vpc("two")] });
    },
    id: async () =>
      made("/v2/vpc_nat_gateways", {
        name: "n",
        type: "PUBLIC",
        region: "fra1",
        size: 1,
        vpcs: [{ vpc_uuid: await vpc("v") }],
      }),
    autoscale_pool_id: async () => {
      const droplet_template = { ...DROPLET, ssh_keys: [String(await madeKey(cloud))] };
      return made("/v2/droplets/autoscale", {
        name: "my-autoscale-pool",
        config: { target_number_instances: 1 },
        droplet_template,
      });
    },
  };
  let path = template;
  for (const [, name = ""] of template.matchAll(/\{(\w+)\}/g))
    path = path.replace(`{${name}}`, (await makers[name]?.()) ?? "none");
  return path;
}
