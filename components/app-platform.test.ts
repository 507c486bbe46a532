import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { AppPlatform, type AppPlatformArgs } from "./app-platform.ts";
import { record, resolved } from "./testing.ts";

const args: AppPlatformArgs = {
  region: "nyc1",
  vpcId: "the-vpc",
  image: { registryType: "DOCR", repository: "api", tag: "v1" },
  port: 8080,
  healthPath: "/healthz",
  instanceSize: "apps-d-1vcpu-1gb",
  env: { ZONE: "eu", LOG_LEVEL: "info" },
  secretEnv: { SECRET_KEY: "plain text of a key", DATABASE_URL: pulumi.secret("postgresql://secret") },
  projectId: "the-project",
};
const build = (changes: Partial<AppPlatformArgs> = {}) =>
  record(() => new AppPlatform("api", { ...args, ...changes }));

interface Spec {
  name: string;
  region: string;
  alerts: { rule: string; destinations?: unknown }[];
  services: [
    {
      envs: Env[];
      instanceCount?: number;
      autoscaling?: unknown;
      image: unknown;
      alerts: { rule: string }[];
    },
  ];
  jobs?: { name: string; kind: string; runCommand: string; envs: Env[]; image: unknown }[];
}
interface Env {
  key: string;
  value: string;
  type: string;
  scope: string;
}
const spec = (recording: Awaited<ReturnType<typeof build>>) => recording.named("api-app").inputs.spec as Spec;

test("the API is one service in the VPC's region, behind one ingress rule, with readiness and liveness checks", async () => {
  const recording = await build();
  const { name, region, services, ...rest } = spec(recording);
  assert.deepEqual([name, region], ["api", "nyc"]);
  const [{ envs, alerts, ...service }] = services;
  assert.deepEqual(rest, {
    vpcs: [{ id: "the-vpc" }],
    alerts: [{ rule: "DEPLOYMENT_FAILED" }, { rule: "DOMAIN_FAILED" }],
    ingress: { rules: [{ match: { path: { prefix: "/" } }, component: { name: "api" } }] },
  });
  assert.deepEqual(service, {
    name: "api",
    image: { registryType: "DOCR", repository: "api", tag: "v1" },
    httpPort: 8080,
    instanceSizeSlug: "apps-d-1vcpu-1gb",
    instanceCount: 2,
    healthCheck: { httpPath: "/healthz", initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 6 },
    livenessHealthCheck: {
      httpPath: "/healthz",
      initialDelaySeconds: 30,
      periodSeconds: 20,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    termination: { drainSeconds: 15, gracePeriodSeconds: 60 },
  });
  assert.deepEqual(
    alerts.map(({ rule }) => rule),
    ["CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT"],
  );
  assert.equal(envs.length, 4);
  const { projectId } = recording.named("api-app").inputs;
  assert.equal(projectId, "the-project");
  assert.equal((await resolved(recording.result.url)).value, "https://api.example");
});

test("variables are sorted, and secret ones are secret twice: for the platform and for the state", async () => {
  const recording = await build();
  const app = recording.named("api-app");
  assert.deepEqual(
    spec(recording).services[0].envs.map(({ key, type, scope }) => [key, type, scope]),
    [
      ["DATABASE_URL", "SECRET", "RUN_TIME"],
      ["LOG_LEVEL", "GENERAL", "RUN_TIME"],
      ["SECRET_KEY", "SECRET", "RUN_TIME"],
      ["ZONE", "GENERAL", "RUN_TIME"],
    ],
  );
  assert.deepEqual(app.secrets, ["spec.services[0].envs[0].value", "spec.services[0].envs[2].value"]);
  assert.doesNotMatch(JSON.stringify(recording.named("api").inputs), /plain text of a key|postgresql:/);
});

test("a variable may be called like something that every object has", async () => {
  const recording = await build({ env: { constructor: "1" }, secretEnv: { toString: "2" } });
  assert.deepEqual(
    spec(recording).services[0].envs.map(({ key, type }) => [key, type]),
    [
      ["constructor", "GENERAL"],
      ["toString", "SECRET"],
    ],
  );
});

test("no variable is ever ignored: the provider would send the wrong values", async () => {
  const { named } = await build();
  assert.deepEqual(named("api-app").ignoreChanges, ["projectId"]);
});

test("a migration is the one job, runs before the deployment, and sees what the service sees", async () => {
  const recording = await build({ migrateCommand: "flask db upgrade" });
  const { jobs, services } = spec(recording);
  assert.deepEqual(
    jobs?.map(({ name, kind, runCommand }) => [name, kind, runCommand]),
    [["migrate", "PRE_DEPLOY", "flask db upgrade"]],
  );
  assert.deepEqual(jobs?.[0]?.envs, services[0].envs);
  assert.deepEqual(jobs?.[0]?.image, services[0].image);
  assert.equal(spec(await build()).jobs, undefined);
});

test("autoscaling replaces the fixed count and is watched", async () => {
  const { services, alerts } = spec(await build({ autoscale: { min: 2, max: 6, cpuPercent: 70 } }));
  assert.deepEqual(services[0].autoscaling, {
    minInstanceCount: 2,
    maxInstanceCount: 6,
    metrics: { cpu: { percent: 70 } },
  });
  assert.equal(services[0].instanceCount, undefined);
  assert.ok(alerts.some(({ rule }) => rule === "AUTOSCALE_FAILED"));
});

test("alerts go where they are told, and the webhook stays secret", async () => {
  const recording = await build({
    alerts: { emails: ["ops@example.com"], slack: { channel: "#ops", url: "https://hook" } },
  });
  const destinations = {
    emails: ["ops@example.com"],
    slackWebhooks: [{ channel: "#ops", url: "https://hook" }],
  };
  for (const alert of spec(recording).alerts) assert.deepEqual(alert.destinations, destinations);
  const webhooks = recording.named("api-app").secrets.filter((path) => path.endsWith("slackWebhooks[0].url"));
  assert.equal(webhooks.length, 5);
});

test("credentials of a registry stay secret", async () => {
  const image = {
    registryType: "GHCR",
    registry: "team",
    repository: "api",
    digest: `sha256:${"0".repeat(64)}`,
  } as const;
  const recording = await build({ image: { ...image, credentials: "user:token" } });
  assert.ok(recording.named("api-app").secrets.includes("spec.services[0].image.registryCredentials"));
});

test("an existing app is taken over", async () => {
  const id = "11111111-2222-3333-4444-555555555555";
  const { named } = await build({ import: id });
  assert.equal(named("api-app").importId, id);
});

test("a transform changes the app", async () => {
  const { named } = await build({
    transform: {
      app: (given, opts) => ({ args: { ...given, projectId: "other" }, opts: { ...opts, protect: true } }),
    },
  });
  assert.equal(named("api-app").inputs.projectId, "other");
  assert.equal(named("api-app").protect, true);
});

const wrong: [string, Partial<AppPlatformArgs>, RegExp][] = [
  [
    "autoscaling on a shared CPU",
    { instanceSize: "apps-s-1vcpu-1gb", autoscale: { min: 1, max: 2, cpuPercent: 70 } },
    /dedicated plan/,
  ],
  ["autoscaling without room", { autoscale: { min: 3, max: 3, cpuPercent: 70 } }, /needs min below max/],
  [
    "a count beside autoscaling",
    { instances: 2, autoscale: { min: 1, max: 2, cpuPercent: 70 } },
    /can't go together with autoscale/,
  ],
  ["an app name over the limit", { appName: "a".repeat(33) }, /must be at most 32 characters/],
  [
    "tag and digest",
    { image: { registryType: "DOCR", repository: "a", tag: "1", digest: "sha256:0" } },
    /either tag or digest/,
  ],
  [
    "Docker Hub without an account",
    { image: { registryType: "DOCKER_HUB", repository: "a", tag: "1" } },
    /needs a registry with DOCKER_HUB/,
  ],
  [
    "a variable twice",
    { env: { A: "1" }, secretEnv: { A: "2" } },
    /variable A is both in env and in secretEnv/,
  ],
  ["a variable with a dash", { env: { "A-B": "1" } }, /variable A-B must be letters/],
  ["a health path without a slash", { healthPath: "health" }, /healthPath health must start with/],
  ["a port out of range", { port: 0 }, /port 0 must be 1 to 65535/],
];
for (const [what, changes, message] of wrong)
  test(`refused before anything is created: ${what}`, async () => {
    const { resources } = await record(() =>
      assert.throws(() => new AppPlatform("api", { ...args, ...changes }), message),
    );
    assert.deepEqual(resources, []);
  });
