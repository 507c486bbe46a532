import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { userDataProblem } from "./cloud-init.ts";
import { DropletFleet } from "./droplet-fleet.ts";
import type { DropletFleetArgs } from "./droplet-fleet-args.ts";
import { record, resolved } from "./testing.ts";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxH ops@example.com";
const fingerprint = "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45";
const args: DropletFleetArgs = {
  region: "nyc1",
  vpcId: "vpc",
  privateRanges: ["10.100.0.0/20"],
  prefix: "shop-prod",
  url: "https://example.com",
  address: "203.0.113.80",
  loadBalancerId: "lb",
  tag: "shop-prod-api",
  tags: ["shop-prod"],
  size: "s-1vcpu-1gb",
  sshKeys: [publicKey, fingerprint],
  image: { registryType: "GHCR", registry: "shop", repository: "api", tag: "v1" },
  port: 8080,
  healthPath: "/healthz",
  env: { LOG_LEVEL: "info", CA: "-----BEGIN\nlines\n" },
  secretEnv: { TOKEN: pulumi.secret("planted-token") },
  migrateCommand: "flask db upgrade",
  projectId: "project",
};
const make = (more: Partial<DropletFleetArgs> = {}) =>
  record(() => new DropletFleet("api", { ...args, ...more }));

interface CloudConfig {
  packages: string[];
  ssh_pwauth: boolean;
  write_files: { path: string; permissions: string; content: string }[];
  runcmd: string[][];
}

function cloudConfig(userData: unknown): CloudConfig {
  const [head, ...rest] = String(userData).split("\n");
  assert.equal(head, "#cloud-config");
  return JSON.parse(rest.join("\n"));
}

test("a fleet is a pool behind a firewall, with a key that only its VPC can fetch", async () => {
  const { resources, result } = await make();
  assert.deepEqual(resources.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort(), [
    "App api-migration",
    "BootKey api-boot",
    "DropletAutoscale api-pool",
    "DropletFleet api",
    "Firewall api-firewall",
    "RandomId api-boot-suffix",
    "RandomPassword api-boot-key",
    "SpacesBucket api-boot-bucket",
    "SpacesBucketObject api-boot-object",
    "SpacesBucketPolicy api-boot-policy",
    "SshKey api-ssh-key-493f49c2",
    "Tag api-tag-sealed",
    "Tag api-tag-stateless",
    "VpcNatGateway api-boot-gateway",
  ]);
  assert.equal(result.kind, "droplets");
  assert.equal((await resolved(result.computeId)).value, "api-pool-id");
  assert.equal((await resolved(result.url)).value, "https://example.com");
});

test("the load balancer alone reaches the port, and SSH nobody who is not named", async () => {
  const { named } = await make();
  const { inboundRules, outboundRules, tags } = named("api-firewall").inputs;
  assert.deepEqual(tags, ["shop-prod-api"]);
  assert.deepEqual(inboundRules, [{ protocol: "tcp", portRange: "8080", sourceLoadBalancerUids: ["lb"] }]);
  const out = (
    outboundRules as { protocol: string; portRange?: string; destinationAddresses: string[] }[]
  ).map(
    ({ protocol, portRange, destinationAddresses }) => `${protocol} ${portRange} ${destinationAddresses}`,
  );
  assert.deepEqual(out, [
    "tcp 53 0.0.0.0/0,::/0",
    "tcp 80 0.0.0.0/0,::/0",
    "tcp 443 0.0.0.0/0,::/0",
    "udp 53 0.0.0.0/0,::/0",
    "udp 123 0.0.0.0/0,::/0",
    "icmp undefined 0.0.0.0/0,::/0",
    "tcp 1-65535 10.100.0.0/20",
    "udp 1-65535 10.100.0.0/20",
  ]);
  const more = await make({
    sshFrom: ["203.0.113.7"],
    outboundPorts: [27017],
    syslog: "logs.example.com:6514",
  });
  const firewall = JSON.stringify(more.named("api-firewall").inputs);
  assert.match(firewall, /"portRange":"22","protocol":"tcp","sourceAddresses":\["203.0.113.7"\]/);
  assert.match(firewall, /"portRange":"27017"/);
  assert.match(firewall, /"portRange":"6514"/);
});

test("a change of the template makes a new pool first; nothing is on a droplet before firewall, key and migration", async () => {
  const { named } = await make();
  const pool = named("api-pool");
  assert.deepEqual(pool.replaceOnChanges, ["dropletTemplate"]);
  assert.equal(pool.deleteBeforeReplace, false);
  assert.equal(pool.inputs.name, undefined, "two pools must be able to be there at once");
  assert.deepEqual(pool.inputs.config, { targetNumberInstances: 2 });
  const { userData, ...template } = pool.inputs.dropletTemplate as Record<string, unknown>;
  assert.equal(typeof userData, "string");
  assert.deepEqual(template, {
    region: "nyc1",
    size: "s-1vcpu-1gb",
    image: "ubuntu-24-04-x64",
    vpcUuid: "vpc",
    sshKeys: ["00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", fingerprint],
    tags: ["shop-prod-api", "shop-prod", "shop-prod:stateless", "shop-prod:sealed"],
    withDropletAgent: true,
    projectId: "project",
  });
  for (const before of [
    "api-firewall",
    "api-boot-object",
    "api-boot-policy",
    "api-boot-gateway",
    "api-migration",
  ])
    assert.ok(pool.dependencies.includes(before), `${before} is not waited for`);
  assert.deepEqual(pool.secrets, ["dropletTemplate.userData"]);
});

test("a pool that scales has its bounds as fractions", async () => {
  const { named, result } = await make({ autoscale: { min: 2, max: 6, cpuPercent: 70, memoryPercent: 80 } });
  assert.deepEqual(named("api-pool").inputs.config, {
    minInstances: 2,
    maxInstances: 6,
    targetCpuUtilization: 0.7,
    targetMemoryUtilization: 0.8,
    cooldownMinutes: 10,
  });
  assert.equal(result.monthlyCost.atMostUsd - result.monthlyCost.usd, 4 * 6);
});

test("the user data is cloud-config in which no secret stands", async () => {
  const { named } = await make({
    image: { ...args.image, credentials: pulumi.secret("user:planted-registry-token") },
  });
  const { userData } = named("api-pool").inputs.dropletTemplate as { userData: string };
  for (const planted of ["planted-token", "planted-registry-token", "result of api-boot-key", "-----BEGIN"])
    assert.ok(!userData.includes(planted), planted);
  const config = cloudConfig(userData);
  assert.ok(config.packages.includes("unattended-upgrades"));
  assert.equal(config.ssh_pwauth, false);
  const files = new Map(config.write_files.map((file) => [file.path, file]));
  const settings = files.get("/etc/breakwater/settings");
  assert.match(settings?.content ?? "", /^IMAGE='ghcr.io\/shop\/api:v1'$/m);
  assert.match(settings?.content ?? "", /^VARIABLES=\('CA' 'LOG_LEVEL' 'PORT' 'TOKEN'\)$/m);
  assert.match(
    settings?.content ?? "",
    /^KEY_URL='https:\/\/shop-prod-boot-0a1b2c3d.nyc3.digitaloceanspaces.com\/key'$/m,
  );
  assert.match(settings?.content ?? "", /^GATEWAY='10.0.0.9'$/m);
  for (const [path, { permissions }] of files)
    if (path.startsWith("/etc/breakwater") || path.startsWith("/usr/local/sbin"))
      assert.match(permissions, /^0[67]00$/, path);
});

test("the key is private, and its bucket lets the gateway's address read, and nothing else", async () => {
  const { named } = await make();
  const object = named("api-boot-object");
  assert.deepEqual(object.secrets, ["content"]);
  assert.deepEqual(object.inputs, {
    bucket: "shop-prod-boot-0a1b2c3d",
    region: "nyc3",
    key: "key",
    content: "result of api-boot-key",
    contentType: "text/plain",
    acl: "private",
  });
  assert.equal(named("api-boot-bucket").inputs.acl, "private");
  const policy = JSON.parse(String(named("api-boot-policy").inputs.policy));
  assert.equal(policy.Version, "2012-10-17");
  assert.equal(policy.Statement.length, 1);
  assert.deepEqual(policy.Statement[0].Action, ["s3:GetObject"]);
  assert.deepEqual(policy.Statement[0].Resource, ["arn:aws:s3:::shop-prod-boot-0a1b2c3d/*"]);
  assert.deepEqual(policy.Statement[0].Condition, { IpAddress: { "aws:SourceIp": "203.0.113.9/32" } });
});

test("the migration is the same image with the same variables, as a job in the VPC", async () => {
  const { named } = await make({ image: { ...args.image, credentials: pulumi.secret("user:token") } });
  const migration = named("api-migration");
  const { name, vpcs, jobs, services } = migration.inputs.spec as Record<string, Record<string, unknown>[]>;
  assert.equal(name, "shop-prod-schema");
  assert.deepEqual(vpcs, [{ id: "vpc" }]);
  assert.equal(services, undefined);
  const [job] = jobs ?? [];
  assert.ok(job);
  assert.deepEqual([job.kind, job.runCommand], ["PRE_DEPLOY", "flask db upgrade"]);
  assert.deepEqual(
    (job.envs as { key: string; type: string }[]).map(({ key, type }) => `${key} ${type}`),
    ["CA GENERAL", "LOG_LEVEL GENERAL", "TOKEN SECRET"],
  );
  assert.ok(migration.secrets.some((path) => path.endsWith("registryCredentials")));
  const without = await make({ migrateCommand: undefined });
  assert.throws(() => without.named("api-migration"), /0 called api-migration/);
});

test("what can't be right is refused at once, before anything is made", async () => {
  const { resources } = await record(() =>
    assert.throws(
      () =>
        new DropletFleet("api", {
          ...args,
          image: { registryType: "DOCR", repository: "api", tag: "v1" },
          env: { LD_PRELOAD: "x", "A-B": "1" },
          size: "huge" as "c-2",
          sshKeys: [],
          sshFrom: ["0.0.0.0/0", "here"],
          syslog: "logs",
          instances: 2,
          autoscale: { min: 4, max: 4, cpuPercent: 70 },
        }),
      (error: Error) => {
        assert.deepEqual(
          error.message.split("\n").map((line) => line.replace(/^api: /, "").slice(0, 30)),
          [
            "variable A-B must be letters, ",
            "image needs the registry's nam",
            "variable LD_PRELOAD can't be s",
            "size huge must be one of s-1vc",
            "sshKeys must have at least one",
            "sshFrom 0.0.0.0/0 must not be ",
            "sshFrom here must be an IPv4 a",
            "syslog logs must be host:port",
            "instances can't go together wi",
            "autoscale needs min below max",
          ],
        );
        return true;
      },
    ),
  );
  assert.deepEqual(resources, []);
});

test("user data that DigitalOcean does not take is refused with its size", () => {
  assert.equal(userDataProblem("x".repeat(65_536)), undefined);
  assert.match(userDataProblem("é".repeat(32_769)) ?? "", /come to 65538 bytes of user data, .* takes 65536/);
});
