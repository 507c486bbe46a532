import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudFor, type Made, onlineCluster, SERVICE, settled } from "../../testing.ts";

interface Deployment {
  id: string;
  phase: string;
  cause: string;
  progress: {
    error_steps: number;
    success_steps: number;
    total_steps: number;
    steps: { name: string; status: string }[];
  };
}
type App = Made & {
  spec: { services: { envs: { key: string; value: string }[] }[]; ingress?: { rules: object[] } };
  pending_deployment?: Deployment;
  in_progress_deployment?: Deployment;
  active_deployment?: Deployment;
};

const spec = (facts: object = {}) => ({ name: "shop", region: "nyc", services: [SERVICE], ...facts });
const withEnvs = (...envs: object[]) => spec({ services: [{ ...SERVICE, envs }] });

test("a create's answer has the deployment that clients wait for; then it is live", async (t) => {
  const cloud = await cloudFor(t);
  const made = await cloud.make<App>("/v2/apps", { spec: spec() });
  assert.equal(made.pending_deployment?.phase, "PENDING_BUILD");
  assert.ok(made.pending_deployment?.progress.steps.every((step) => step.status === "PENDING"));
  assert.deepEqual([made.active_deployment, made.live_url], [undefined, undefined]);
  const app = await settled(cloud, made.id);
  const active = app.active_deployment as Deployment;
  assert.equal(active.id, made.pending_deployment?.id);
  assert.partialDeepStrictEqual(active, {
    phase: "ACTIVE",
    progress: { error_steps: 0, success_steps: 6, total_steps: 6 },
  });
  assert.ok(active.progress.steps.every((step) => step.status === "SUCCESS"));
  assert.equal(app.live_url, app.default_ingress);
  assert.partialDeepStrictEqual(app.spec, {
    services: [{ http_port: 8080 }],
    ingress: { rules: [{ match: { path: { prefix: "/" } }, component: { name: "api" } }] },
  });
});

test("a deployment goes through its phases in the platform's order, a later one supersedes it", async (t) => {
  const cloud = await cloudFor(t, { timeScale: 0.002 });
  const made = await cloud.make<App>("/v2/apps", { spec: spec() });
  const phases: string[] = [];
  const at = `/v2/apps/${made.id}/deployments/${made.pending_deployment?.id}`;
  do {
    const { deployment } = (await cloud.get<{ deployment: Deployment }>(at)).body;
    if (deployment.phase !== phases.at(-1)) phases.push(deployment.phase);
    const { success_steps, total_steps } = deployment.progress;
    assert.equal(deployment.phase === "ACTIVE", success_steps === total_steps);
  } while (phases.at(-1) !== "ACTIVE");
  const order = ["PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING", "ACTIVE"];
  assert.deepEqual(
    phases,
    order.filter((phase) => phases.includes(phase)),
  );

  const stall = { method: "POST", path: "/v2/apps/*/deployments", times: 2, effect: { kind: "stall" } };
  await cloud.post("/_local/faults", stall);
  const deploy = () => cloud.post(`/v2/apps/${made.id}/deployments`, {});
  await deploy();
  await deploy();
  const list = async () =>
    (await cloud.get<{ deployments: Deployment[] }>(`/v2/apps/${made.id}/deployments`)).body.deployments;
  const [, between, first] = await list();
  assert.deepEqual(
    [between?.phase, first?.phase, first?.id],
    ["SUPERSEDED", "ACTIVE", made.pending_deployment?.id],
  );
  await deploy();
  await settled(cloud, made.id);
  assert.deepEqual(
    (await list()).map(({ phase }) => phase),
    ["ACTIVE", "SUPERSEDED", "SUPERSEDED", "SUPERSEDED"],
  );
});

test("secret values are encrypted, survive being sent back, rotate, and can't be forged", async (t) => {
  const cloud = await cloudFor(t);
  const secret = { key: "TOKEN", value: "hush", type: "SECRET" };
  const made = await cloud.make<App>("/v2/apps", { spec: withEnvs(secret, { key: "PLAIN", value: "seen" }) });
  const encrypted = made.spec.services[0]?.envs[0]?.value ?? "";
  assert.match(encrypted, /^EV\[1:[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+\]$/);
  assert.ok(!JSON.stringify(made).includes("hush"));

  const put = async (...envs: object[]) =>
    cloud.put<{ app: App; message: string }>(`/v2/apps/${made.id}`, { spec: withEnvs(...envs) });
  const kept = await put({ key: "FIRST", value: "new" }, { ...secret, value: encrypted });
  assert.deepEqual(
    kept.body.app.spec.services[0]?.envs.map(({ key, value }) => [key, value]),
    [
      ["FIRST", "new"],
      ["TOKEN", encrypted],
    ],
  );
  const rotated = (await put({ ...secret, value: "other" })).body.app.spec.services[0]?.envs[0]?.value ?? "";
  assert.ok(rotated.startsWith("EV[1:") && rotated !== encrypted);

  const forged = `${encrypted.slice(0, -6)}AAAA=]`;
  for (const value of [forged, "EV[1:abc:def]", "EV[nonsense"]) {
    const { status, body } = await put({ ...secret, value });
    assert.equal(status, 400, value);
    assert.match(body.message, /services\.api\.envs\.TOKEN/);
  }
});

test("a spec that breaks a rule is refused with the field that breaks it", async (t) => {
  const cloud = await cloudFor(t);
  await onlineCluster(cloud, "orders", { region: "nyc1" });
  const { body } = await cloud.get<{ vpcs: Made[] }>("/v2/vpcs?per_page=200");
  const elsewhere = body.vpcs.find((vpc) => vpc.region === "nyc3");
  const service = (facts: object) => spec({ services: [{ ...SERVICE, ...facts }] });
  const scaling = { min_instance_count: 1, max_instance_count: 3, metrics: { cpu: { percent: 70 } } };
  for (const [wrong, says] of [
    [spec({ services: [] }), /at least one component/],
    [spec({ name: "Shop" }), /spec\.name: must be 2-32 lowercase/],
    [spec({ region: "mars" }), /spec\.region: must be one of nyc, ams/],
    [spec({ nope: 1 }), /unknown field nope/],
    [service({ image: undefined }), /services\.api.*must have one source/],
    [service({ git: { repo_clone_url: "https://example.com/x.git" } }), /must have one source/],
    [service({ instance_size_slug: "huge" }), /instance_size_slug/],
    [service({ autoscaling: scaling }), /dedicated CPU/],
    [
      service({ instance_size_slug: "apps-d-1vcpu-1gb", instance_count: 1, autoscaling: scaling }),
      /instance_count/,
    ],
    [
      service({ instance_size_slug: "apps-d-1vcpu-1gb", autoscaling: { ...scaling, max_instance_count: 1 } }),
      /max_instance_count/,
    ],
    [service({ envs: [{ key: "A" }, { key: "A" }] }), /same key twice/],
    [service({ alerts: [{ rule: "DEPLOYMENT_FAILED" }] }), /rule: must be one of/],
    [spec({ alerts: [{ rule: "DEPLOYMENT_CANCELLED" }] }), /DEPLOYMENT_CANCELED/],
    [spec({ workers: [{ ...SERVICE }] }), /two components named api/],
    [spec({ ingress: { rules: [{ component: { name: "none" } }] } }), /none is no component/],
    [
      spec({ ingress: { rules: [{ match: { path: { prefix: "/" } } }] } }),
      /either a component or a redirect/,
    ],
    [spec({ databases: [{ name: "db", engine: "PG", production: true }] }), /cluster_name/],
    [
      spec({ databases: [{ name: "db", engine: "MYSQL", production: true, cluster_name: "orders" }] }),
      /engine is pg/,
    ],
    [
      spec({
        databases: [{ name: "db", engine: "PG", production: true, cluster_name: "orders", db_name: "Shop" }],
      }),
      /capitals/,
    ],
    [spec({ vpc: { id: elsewhere?.id } }), /apps in nyc can only join VPCs in nyc1/],
    [spec({ jobs: [{ ...SERVICE, name: "nightly", kind: "SCHEDULED" }] }), /schedule/],
  ] as const) {
    const answer = await cloud.post<{ id: string; message: string }>("/v2/apps", { spec: wrong });
    assert.equal(answer.status, 400, `${says}: ${JSON.stringify(answer.body)}`);
    assert.match(answer.body.message, says);
  }
  await cloud.make("/v2/apps", { spec: spec() });
  assert.equal((await cloud.post("/v2/apps", { spec: spec() })).status, 409);
});

test("what serves requests gets its paths; what only listens inside gets none", async (t) => {
  const cloud = await cloudFor(t);
  const rules = async (facts: object) => {
    const { body } = await cloud.post<{ spec: App["spec"] }>("/v2/apps/propose", { spec: spec(facts) });
    return body.spec.ingress?.rules;
  };
  const site = { name: "web", git: { repo_clone_url: "https://example.com/web.git" } };
  assert.deepEqual(await rules({ static_sites: [site] }), [
    { match: { path: { prefix: "/" } }, component: { name: "api" } },
    { match: { path: { prefix: "/web" } }, component: { name: "web" } },
  ]);
  assert.deepEqual(
    await rules({ services: [{ ...SERVICE, routes: [{ path: "/v1", preserve_path_prefix: true }] }] }),
    [{ match: { path: { prefix: "/v1" } }, component: { name: "api", preserve_path_prefix: true } }],
  );
  assert.equal(await rules({ services: [{ ...SERVICE, internal_ports: [5000] }] }), undefined);
  assert.equal((await rules({ ingress: null, envs: null }))?.length, 1, "null stands for what is left out");
});

test("an app in a VPC has addresses there of its own, and keeps them", async (t) => {
  const cloud = await cloudFor(t);
  const vpc = await cloud.make("/v2/vpcs", { name: "net", region: "nyc1", ip_range: "10.10.0.0/24" });
  const addresses = async (name: string) => {
    const { id } = await cloud.make("/v2/apps", { spec: spec({ name, vpc: { id: vpc.id } }) });
    return {
      id,
      ips: ((await settled(cloud, id)).vpc as { egress_ips: { ip: string }[] }).egress_ips.map(
        ({ ip }) => ip,
      ),
    };
  };
  const one = await addresses("one");
  const two = await addresses("two");
  assert.equal(new Set([...one.ips, ...two.ips]).size, 4);
  assert.ok(one.ips.every((ip) => ip.startsWith("10.10.0.")));
  const { body } = await cloud.put<{ app: { vpc: object } }>(`/v2/apps/${one.id}`, {
    spec: spec({ name: "one", vpc: { id: vpc.id, egress_ips: [] } }),
  });
  assert.deepEqual(body.app.vpc, { id: vpc.id, egress_ips: one.ips.map((ip) => ({ ip })) });
  assert.equal((await cloud.delete(`/v2/vpcs/${vpc.id}`)).status, 403);
});

test("alerts follow the spec, and their destinations stay with them", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await cloud.make("/v2/apps", {
    spec: spec({ alerts: [{ rule: "DEPLOYMENT_FAILED" }, { rule: "DOMAIN_LIVE" }] }),
  });
  type Alert = { id: string; spec: { rule: string }; emails: string[]; component_name?: string };
  const alerts = async () => (await cloud.get<{ alerts: Alert[] }>(`/v2/apps/${id}/alerts`)).body.alerts;
  const [failed] = await alerts();
  const destinations = {
    emails: ["ops@example.com"],
    slack_webhooks: [{ url: "https://hooks.slack.com/x", channel: "#ops" }],
  };
  assert.equal(
    (await cloud.post(`/v2/apps/${id}/alerts/${failed?.id}/destinations`, destinations)).status,
    200,
  );
  const cpu = { rule: "CPU_UTILIZATION", operator: "GREATER_THAN", value: 80, window: "FIVE_MINUTES" };
  await cloud.put(`/v2/apps/${id}`, {
    spec: spec({ alerts: [{ rule: "DEPLOYMENT_FAILED" }], services: [{ ...SERVICE, alerts: [cpu] }] }),
  });
  assert.partialDeepStrictEqual(await alerts(), [
    { id: failed?.id, spec: { rule: "DEPLOYMENT_FAILED" }, ...destinations },
    { component_name: "api", spec: cpu },
  ]);
  assert.equal((await alerts()).length, 2);
  assert.equal((await cloud.post(`/v2/apps/${id}/alerts/none/destinations`, destinations)).status, 404);
});

test("a deployment can be canceled while it is under way, and an old one rolled back to", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await cloud.make("/v2/apps", { spec: withEnvs({ key: "RELEASE", value: "1" }) });
  const first = (await settled(cloud, id)).active_deployment as Deployment;
  await cloud.put(`/v2/apps/${id}`, { spec: withEnvs({ key: "RELEASE", value: "2" }) });
  await settled(cloud, id);
  const release = async () =>
    ((await settled(cloud, id)).active_deployment as { spec: App["spec"] }).spec.services[0]?.envs[0]?.value;
  assert.equal(await release(), "2");

  assert.equal((await cloud.post(`/v2/apps/${id}/deployments/${first.id}/cancel`)).status, 400);
  const rollback = { deployment_id: first.id };
  assert.deepEqual((await cloud.post(`/v2/apps/${id}/rollback/validate`, rollback)).body, { valid: true });
  assert.equal((await cloud.post(`/v2/apps/${id}/rollback`, rollback)).status, 200);
  assert.equal(await release(), "1");
  const pinned = (await settled(cloud, id)) as App & { pinned_deployment?: Deployment };
  assert.ok(pinned.pinned_deployment);
  assert.equal(pinned.spec.services[0]?.envs[0]?.value, "2");
  assert.equal((await cloud.post(`/v2/apps/${id}/rollback/revert`)).status, 200);
  assert.equal(await release(), "2");
  assert.equal((await cloud.post(`/v2/apps/${id}/rollback/revert`)).status, 400);

  await cloud.post("/_local/faults", {
    method: "POST",
    path: "/v2/apps/*/deployments",
    effect: { kind: "stall" },
  });
  const { body } = await cloud.post<{ deployment: Deployment }>(`/v2/apps/${id}/deployments`, {});
  const canceled = await cloud.post<{ deployment: Deployment }>(
    `/v2/apps/${id}/deployments/${body.deployment.id}/cancel`,
  );
  assert.deepEqual([canceled.status, canceled.body.deployment.phase], [200, "CANCELED"]);
  assert.equal(await release(), "2");
});

test("a database component can trust its app, as one rule among the cluster's", async (t) => {
  const cloud = await cloudFor(t);
  const cluster = await onlineCluster(cloud, "orders", {
    rules: [{ type: "ip_addr", value: "10.0.0.0/16" }],
  });
  const databases = [{ name: "db", engine: "PG", production: true, cluster_name: "orders" }];
  const { id } = await cloud.make("/v2/apps", { spec: spec({ databases }) });
  const at = `/v2/apps/${id}/components/db/trusted_sources`;
  const rules = async () => {
    const { body } = await cloud.get<{ rules: { type: string; value: string }[] }>(
      `/v2/databases/${cluster.id}/firewall`,
    );
    return body.rules.map(({ type, value }) => `${type}:${value}`);
  };
  assert.deepEqual((await cloud.get(at)).body, { is_enabled: false });
  for (const body of [{ Enable: true }, { enable: true }])
    assert.deepEqual((await cloud.post(at, body)).body, { is_enabled: true });
  assert.deepEqual(await rules(), ["ip_addr:10.0.0.0/16", `app:${id}`]);
  assert.deepEqual((await cloud.get(at)).body, { is_enabled: true });
  assert.deepEqual((await cloud.post(at, { enable: false })).body, { is_enabled: false });
  assert.deepEqual(await rules(), ["ip_addr:10.0.0.0/16"]);
  assert.equal((await cloud.get(`/v2/apps/${id}/components/api/trusted_sources`)).status, 404);
});

test("a deployment that fails leaves the one before it live", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await cloud.make("/v2/apps", { spec: spec() });
  const live = (await settled(cloud, id)).active_deployment as Deployment;
  await cloud.post("/_local/faults", {
    method: "PUT",
    path: "/v2/apps/*",
    times: 1,
    effect: { kind: "fail" },
  });
  const { body } = await cloud.put<{ app: App }>(`/v2/apps/${id}`, {
    spec: withEnvs({ key: "BROKEN", value: "1" }),
  });
  const app = (await settled(cloud, id)) as App;
  assert.equal(app.active_deployment?.id, live.id);
  const at = `/v2/apps/${id}/deployments/${body.app.pending_deployment?.id}`;
  const { deployment } = (await cloud.get<{ deployment: Deployment }>(at)).body;
  assert.equal(deployment.phase, "ERROR");
  assert.ok(deployment.progress.error_steps > 0);
  assert.deepEqual(
    deployment.progress.steps.map(({ name, status }) => [name, status]),
    [
      ["build", "SUCCESS"],
      ["deploy", "ERROR"],
    ],
  );
});
