import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { cloudForTests } from "./cloud.ts";
import { otherSide, side } from "./sides.ts";
import { stackFor } from "./stack.ts";

const cloud = await cloudForTests();

const KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEDoq30cwadsXTaUK7AiugOiSfIGhAiVk9txicSc5nSN somebody@example.com";
const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q";
const FINGERPRINT = "0c:bd:cc:e7:1d:40:5e:75:42:28:f5:ae:c9:8d:87:44";

const fleet = (size: number, userData = "#!/bin/sh\\necho one") => `
  const vpc = new digitalocean.Vpc("net", { name: "net", region: "fra1", ipRange: "10.60.0.0/24" }, cloud);
  const tag = new digitalocean.Tag("web", { name: "web" }, cloud);
  const key = new digitalocean.SshKey("key", { name: "deploy", publicKey: "${KEY}\\n" }, cloud);
  const pool = new digitalocean.DropletAutoscale("pool", {
    name: "web",
    config: { targetNumberInstances: ${size} },
    dropletTemplate: { size: "s-1vcpu-1gb", region: "fra1", image: "ubuntu-24-04-x64", sshKeys: [key.fingerprint],
      tags: [tag.name], vpcUuid: vpc.id, withDropletAgent: true, ipv6: true, userData: "${userData}" },
  }, cloud);
  const firewall = new digitalocean.Firewall("fw", {
    name: "web",
    tags: [tag.name],
    inboundRules: [
      { protocol: "tcp", portRange: "80", sourceAddresses: ["10.0.0.0/8", "192.168.1.1"] },
      { protocol: "icmp", sourceTags: [tag.name] },
    ],
    outboundRules: [{ protocol: "tcp", portRange: "all", destinationAddresses: ["0.0.0.0/0", "::/0"] }],
  }, cloud);
  export const poolId = pool.id;
  export const firewallId = firewall.id;`;

test("a pool behind its firewall: made, unchanged, scaled, rolled, gone with its members", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(fleet(2));
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  await stack.run(["refresh", "--preview-only", "--expect-no-changes"]);
  const { poolId, firewallId } = await stack.outputs();

  const key = await stack.resource("key");
  assert.match(key.id, /^\d+$/);
  assert.equal(key.outputs.fingerprint, FINGERPRINT);
  assert.partialDeepStrictEqual((await stack.resource("pool")).outputs, {
    status: "active",
    config: { targetNumberInstances: 2 },
    dropletTemplate: { image: "ubuntu-24-04-x64", publicNetworking: true },
    currentUtilizations: [{ memory: 0, cpu: 0 }],
  });
  const members = async () =>
    (
      await cloud.call<{ droplets: { droplet_id: number; status: string }[] }>(
        "GET",
        `/v2/droplets/autoscale/${poolId}/members`,
      )
    ).droplets;
  const first = await members();
  assert.deepEqual(
    first.map(({ status }) => status),
    ["active", "active"],
  );
  for (const { droplet_id } of first) {
    const { firewalls } = await cloud.call<{ firewalls: { id: string }[] }>(
      "GET",
      `/v2/droplets/${droplet_id}/firewalls`,
    );
    assert.deepEqual(
      firewalls.map(({ id }) => id),
      [firewallId],
    );
  }

  stack.program(fleet(3));
  assert.deepEqual(await stack.preview(), [
    { op: "update", name: "pool", changes: { "config.targetNumberInstances": "update" } },
  ]);
  await stack.up();
  assert.equal((await members()).length, 3);
  assert.deepEqual(await stack.preview(), []);

  stack.program(fleet(3, "#!/bin/sh\\necho two"));
  assert.deepEqual(await stack.preview(), [
    { op: "update", name: "pool", changes: { "dropletTemplate.userData": "update" } },
  ]);
  await stack.up();
  const old = new Set(first.map(({ droplet_id }) => droplet_id));
  assert.ok(
    (await members()).every(({ droplet_id, status }) => status === "deleting" || !old.has(droplet_id)),
  );

  await stack.destroy();
  const { droplets } = await cloud.call<{ droplets: unknown[] }>("GET", "/v2/droplets");
  assert.deepEqual(droplets, []);
});

test("a firewall's rules: changed in place, order is nothing, and at least one of them", async (t) => {
  const stack = await stackFor(t, cloud);
  const rules = (inbound: string) =>
    `new digitalocean.Firewall("fw", { name: "rules", inboundRules: [${inbound}] }, cloud);`;
  const web = '{ protocol: "tcp", portRange: "443", sourceAddresses: ["0.0.0.0/0"] }';
  const ssh = '{ protocol: "tcp", portRange: "22", sourceAddresses: ["10.0.0.0/8", "192.168.0.0/16"] }';
  stack.program(rules(`${web}, ${ssh}`));
  await stack.up();
  stack.program(
    rules(`${ssh.replace('"10.0.0.0/8", "192.168.0.0/16"', '"192.168.0.0/16", "10.0.0.0/8"')}, ${web}`),
  );
  assert.deepEqual(await stack.preview(), []);
  stack.program(rules(`${web}, ${ssh.replace('"22"', '"2222"')}`));
  const [step, ...more] = await stack.preview();
  assert.deepEqual([step?.op, more], ["update", []]);
  assert.ok(Object.keys(step?.changes ?? {}).every((path) => path.startsWith("inboundRules")));
  await stack.up();
  assert.deepEqual(await stack.preview(), []);

  for (const [args, says] of [
    ['{ name: "none" }', /[Aa]t least one.*rule/],
    ['{ inboundRules: [{ protocol: "tcp", sourceAddresses: ["0.0.0.0/0"] }] }', /port_?range/i],
    ['{ inboundRules: [{ protocol: "sctp", portRange: "1" }] }', /protocol/],
  ] as const) {
    stack.program(`new digitalocean.Firewall("bad", ${args}, cloud);`);
    const { code, output } = await stack.attempt(["preview"]);
    assert.notEqual(code, 0, args);
    assert.match(output, says);
  }
});

const droplet = (args: string) => `
  const key = new digitalocean.SshKey("key", { publicKey: "${OTHER_KEY}" }, cloud);
  const box = new digitalocean.Droplet("box", { name: "box", image: "debian-13-x64", region: "fra1", sshKeys: [key.id],
    userData: "#!/bin/sh\\necho hello", ${args} }, cloud);
  export const id = box.id;`;

test("a droplet: made, unchanged, resized while off, renamed, retagged, backed up, gone", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(droplet('size: "s-1vcpu-1gb", tags: ["a"], monitoring: true'));
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  await stack.run(["refresh", "--preview-only", "--expect-no-changes"]);
  const { id } = await stack.outputs();
  const { outputs } = await stack.resource("box");
  assert.partialDeepStrictEqual(outputs, {
    dropletUrn: `do:droplet:${id}`,
    region: "fra1",
    image: "debian-13-x64",
    status: "active",
    locked: false,
    disk: 25,
    memory: 1024,
    resizeDisk: true,
    backups: false,
    publicNetworking: true,
    privateNetworking: true,
    userData: createHash("sha1").update("#!/bin/sh\necho hello").digest("hex"),
  });

  const size = 'size: "s-2vcpu-2gb", monitoring: true';
  stack.program(droplet(`${size}, tags: ["a"]`));
  assert.deepEqual(await stack.preview(), [{ op: "update", name: "box", changes: { size: "update" } }]);
  const calls = await cloud.during(() => stack.up());
  assert.equal(
    calls.filter((call) => call === `POST /v2/droplets/${id}/actions`).length,
    3,
    "off, resize, on",
  );
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/droplets/${id}`), {
    droplet: { size_slug: "s-2vcpu-2gb", disk: 60, status: "active" },
  });

  const more = `${size}, tags: ["b"], backups: true, backupPolicy: { plan: "weekly", weekday: "MON", hour: 8 }`;
  stack.program(droplet(more));
  await stack.up();
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/droplets/${id}`), { droplet: { tags: ["b"] } });
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/droplets/${id}/backups/policy`), {
    policy: { backup_policy: { plan: "weekly", weekday: "MON", hour: 8 } },
  });
  stack.program(droplet(`${more}, ipv6: true`));
  await stack.up();
  assert.match(String((await stack.resource("box")).outputs.ipv6Address), /:/);
  assert.deepEqual(await stack.preview(), []);

  const renamed = (args: string) => droplet(args).replace('name: "box"', 'name: "box-2"');
  stack.program(renamed(`${more.replace('["b"]', '["c"]')}, ipv6: true`));
  await stack.up();
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/droplets/${id}`), {
    droplet: { name: "box-2", tags: ["c"] },
  });
  assert.deepEqual(await stack.preview(), []);

  stack.program(renamed(more.replace('["b"]', '["c"]')));
  const [replaced] = await stack.preview();
  assert.equal(replaced?.op, "replace", "IPv6 can't be taken away");
  stack.program(renamed(`${more}, ipv6: true, image: "ubuntu-24-04-x64"`));
  assert.equal((await stack.preview())[0]?.op, "replace");
  await stack.destroy();
  await assert.rejects(cloud.call("GET", `/v2/droplets/${id}`), /404/);
});

test("a new name and backups need an update each: the provider reads backups back while it waits for the name", async (t) => {
  const stack = await stackFor(t, cloud);
  const box = (args: string) =>
    `new digitalocean.Droplet("box", { image: "debian-13-x64", region: "fra1", size: "s-1vcpu-1gb", ${args} }, cloud);`;
  stack.program(box('name: "one"'));
  await stack.up();
  stack.program(box('name: "two", backups: true, backupPolicy: { plan: "daily", hour: 4 }'));
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.match(output, /backup_?[pP]olicy can only be set when backups are enabled/);
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  await stack.destroy();
});

test("import: what exists needs no change afterwards", async (t) => {
  const stack = await stackFor(t, cloud);
  const { ssh_key: key } = await cloud.call<{ ssh_key: { id: number } }>("POST", "/v2/account/keys", {
    name: "found",
    public_key: KEY,
  });
  const template = {
    region: "fra1",
    size: "s-1vcpu-1gb",
    image: "ubuntu-24-04-x64",
    ssh_keys: [String(key.id)],
  };
  const { droplet } = await cloud.call<{ droplet: { id: number } }>("POST", "/v2/droplets", {
    ...template,
    name: "found",
  });
  const { autoscale_pool: pool } = await cloud.call<{ autoscale_pool: { id: string } }>(
    "POST",
    "/v2/droplets/autoscale",
    {
      name: "found",
      config: { min_instances: 1, max_instances: 2, target_cpu_utilization: 0.5 },
      droplet_template: template,
    },
  );
  const { firewall } = await cloud.call<{ firewall: { id: string } }>("POST", "/v2/firewalls", {
    name: "found",
    inbound_rules: [{ protocol: "tcp", ports: "80", sources: { addresses: ["0.0.0.0/0"] } }],
  });
  const adopt = (option: (id: unknown) => string) => `
    const key = new digitalocean.SshKey("key", { name: "found", publicKey: "${KEY}" }, { ...cloud${option(key.id)} });
    new digitalocean.Droplet("box", { name: "found", image: "ubuntu-24-04-x64", region: "fra1", size: "s-1vcpu-1gb" },
      { ...cloud${option(droplet.id)} });
    new digitalocean.DropletAutoscale("pool", { name: "found",
      config: { minInstances: 1, maxInstances: 2, targetCpuUtilization: 0.5 },
      dropletTemplate: { region: "fra1", size: "s-1vcpu-1gb", image: "ubuntu-24-04-x64", sshKeys: ["${key.id}"] } },
      { ...cloud${option(pool.id)} });
    new digitalocean.Firewall("fw", { name: "found",
      inboundRules: [{ protocol: "tcp", portRange: "80", sourceAddresses: ["0.0.0.0/0"] }] },
      { ...cloud${option(firewall.id)} });`;
  stack.program(adopt((id) => `, import: "${id}"`));
  await stack.up();
  stack.program(adopt(() => ""));
  assert.deepEqual(await stack.preview(), []);
  await stack.destroy();
});

const network = (more = "") => `
  const apps = new digitalocean.Vpc("apps", { name: "apps", region: "fra1", ipRange: "10.61.0.0/24" }, cloud);
  const data = new digitalocean.Vpc("data", { name: "data", region: "ams3", ipRange: "10.62.0.0/24" }, cloud);
  const peering = new digitalocean.VpcPeering("peering", { name: "apps-data", vpcIds: [data.id, apps.id] }, cloud);
  const gateway = new digitalocean.VpcNatGateway("gateway", { name: "out", type: "PUBLIC", region: "fra1", size: 1,
    vpcs: [{ vpcUuid: apps.id, defaultGateway: true }], ${more} }, cloud);
  const box = new digitalocean.Droplet("box", { name: "box", image: "debian-13-x64", region: "fra1", size: "s-1vcpu-1gb",
    vpcUuid: apps.id }, cloud);
  const ip = new digitalocean.ReservedIp("ip", { region: "fra1" }, cloud);
  const assigned = new digitalocean.ReservedIpAssignment("assigned",
    { ipAddress: ip.ipAddress, dropletId: box.id.apply(Number) }, cloud);
  export const [appsId, dataId, boxId, address] = [apps.id, data.id, box.id, ip.ipAddress];`;

test("two peered networks, a way out, an address that stays: made, unchanged, changed, gone in order", async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(network());
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  const { appsId, dataId, boxId, address } = await stack.outputs();
  const peering = await stack.resource("peering");
  assert.equal(peering.outputs.status, "ACTIVE");
  assert.deepEqual(new Set(peering.outputs.vpcIds as string[]), new Set([appsId, dataId]));
  const gateway = await stack.resource("gateway");
  assert.partialDeepStrictEqual(gateway.outputs, { state: "ACTIVE", size: 1, udpTimeoutSeconds: 30 });
  const [{ publicGateways: [open] = [] } = {}] = gateway.outputs.egresses as {
    publicGateways: { ipv4: string }[];
  }[];
  assert.match(String(open?.ipv4), /^[0-9.]+$/);
  assert.partialDeepStrictEqual((await stack.resource("ip")).outputs, {
    ipAddress: address,
    reservedIpUrn: `do:reservedip:${address}`,
  });
  assert.match((await stack.resource("assigned")).id, new RegExp(`^${boxId}-${address}-\\d{18}`));
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/reserved_ips/${address}`), {
    reserved_ip: { droplet: { id: Number(boxId) } },
  });
  await stack.refresh();
  assert.deepEqual(await stack.preview(), []);

  stack.program(
    network("tcpTimeoutSeconds: 60")
      .replace('"apps-data"', '"apps-and-data"')
      .replace("size: 1,", "size: 2,"),
  );
  assert.deepEqual((await stack.preview()).map(({ op, name }) => [op, name]).sort(), [
    ["update", "gateway"],
    ["update", "peering"],
  ]);
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/vpc_nat_gateways/${gateway.id}`), {
    vpc_nat_gateway: { size: 2, tcp_timeout_seconds: 60 },
  });
  await stack.destroy();
  for (const path of [
    `vpcs/${appsId}`,
    `vpcs/${dataId}`,
    `vpc_peerings/${peering.id}`,
    `reserved_ips/${address}`,
  ])
    await assert.rejects(cloud.call("GET", `/v2/${path}`), /404/, path);
});

test("functions find keys, droplets, images, firewalls and peerings", async (t) => {
  const stack = await stackFor(t, cloud);
  const { ssh_key: key } = await cloud.call<{ ssh_key: { id: number } }>("POST", "/v2/account/keys", {
    name: "lookup",
    public_key: KEY,
  });
  const { droplet } = await cloud.call<{ droplet: { id: number } }>("POST", "/v2/droplets", {
    name: "lookup",
    region: "fra1",
    size: "s-1vcpu-1gb",
    image: "ubuntu-24-04-x64",
    tags: ["lookup"],
  });
  const { firewall } = await cloud.call<{ firewall: { id: string } }>("POST", "/v2/firewalls", {
    name: "lookup",
    inbound_rules: [{ protocol: "tcp", ports: "80", sources: { addresses: ["0.0.0.0/0"] } }],
  });
  stack.program(`
    export const key = digitalocean.getSshKeyOutput({ name: "lookup" }, cloud);
    export const keys = digitalocean.getSshKeysOutput({ filters: [{ key: "name", values: ["lookup"] }] }, cloud).sshKeys;
    export const byId = digitalocean.getDropletOutput({ id: ${droplet.id} }, cloud);
    export const byTag = digitalocean.getDropletOutput({ tag: "lookup" }, cloud).id;
    export const byName = digitalocean.getDropletOutput({ name: "lookup" }, cloud).id;
    export const droplets = digitalocean.getDropletsOutput({ filters: [{ key: "size", values: ["s-1vcpu-1gb"] }] }, cloud).droplets;
    export const image = digitalocean.getImageOutput({ slug: "debian-13-x64" }, cloud);
    export const images = digitalocean.getImagesOutput({ filters: [{ key: "distribution", values: ["Debian"] }] }, cloud).images;
    export const firewall = digitalocean.getFirewallOutput({ firewallId: "${firewall.id}" }, cloud);`);
  await stack.up();
  const outputs = await stack.outputs();
  assert.partialDeepStrictEqual(outputs.key, { id: key.id, fingerprint: FINGERPRINT, publicKey: KEY });
  assert.partialDeepStrictEqual(outputs.keys, [{ id: key.id }]);
  assert.partialDeepStrictEqual(outputs.byId, {
    id: droplet.id,
    name: "lookup",
    region: "fra1",
    image: "ubuntu-24-04-x64",
    urn: `do:droplet:${droplet.id}`,
    tags: ["lookup"],
    memory: 1024,
  });
  assert.deepEqual([outputs.byTag, outputs.byName], [droplet.id, droplet.id]);
  assert.partialDeepStrictEqual(outputs.droplets, [{ id: droplet.id, ipv6: false }]);
  assert.partialDeepStrictEqual(outputs.image, {
    slug: "debian-13-x64",
    distribution: "Debian",
    private: false,
  });
  assert.ok((outputs.images as unknown[]).length > 1);
  assert.partialDeepStrictEqual(outputs.firewall, {
    name: "lookup",
    inboundRules: [{ protocol: "tcp", portRange: "80", sourceAddresses: ["0.0.0.0/0"] }],
  });
  for (const path of [`account/keys/${key.id}`, `droplets/${droplet.id}`, `firewalls/${firewall.id}`])
    await cloud.call("DELETE", `/v2/${path}`);
});

/** A value without what the sides write differently: nothing for empty, sets in any order, notes of their own. */
function bare(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(bare).sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, bare(part)] as const);
  return Object.fromEntries(parts.filter(([name, part]) => !name.startsWith("__") && !isEmpty(part)).sort());
}

const isEmpty = (value: unknown): boolean =>
  !value || (typeof value === "object" && Object.keys(value).length === 0);

test("both sides have the same of it: one's state is the other's, and either can take it away", {
  skip: otherSide === undefined && "the official plugins are not on the PATH",
}, async (t) => {
  const stack = await stackFor(t, cloud);
  const single = droplet(
    'size: "s-1vcpu-1gb", tags: ["a"], backups: true, backupPolicy: { plan: "daily", hour: 4 }',
  );
  const programs = [
    fleet(1),
    network(),
    single.replaceAll('"key"', '"single-key"').replaceAll('"box"', '"single"'),
  ];
  const all = programs.map((one) => `{${one.replace(/\n {2}export const [^;]+;/g, "")}}`).join("\n");
  stack.program(all);
  await stack.up();
  assert.deepEqual(await stack.preview(otherSide), [], `made by ${side}`);
  const outputs = async () =>
    Object.fromEntries(
      (await stack.state())
        .filter(({ type }) => type.startsWith("digitalocean:"))
        .map(({ urn, id, outputs }) => [urn, bare({ id, outputs })]),
    );
  await stack.refresh();
  const own = await outputs();
  await stack.run(["refresh", "--yes", "--skip-preview"], {}, otherSide);
  assert.deepEqual(await outputs(), own, `refreshed by ${otherSide}`);
  assert.deepEqual(await stack.preview(side), []);
  await stack.run(["destroy", "--yes", "--skip-preview"], {}, otherSide);
  assert.deepEqual(await stack.state(), []);
});
