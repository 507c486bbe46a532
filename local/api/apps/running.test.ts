import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { onlineCluster, settled } from "../../testing.ts";
import {
  API,
  type App,
  ask,
  type Deployment,
  deployed,
  deploymentsOf,
  job,
  linesOf,
  redeployed,
  type Served,
  type Step,
  servedCloud,
  spec,
  told,
  withEnvs,
} from "./testing.ts";

const leavesOf = (steps: Step[]): Step[] =>
  steps.flatMap((step) => (step.steps ? leavesOf(step.steps) : [step]));
const failureOf = (deployment: Deployment | undefined) =>
  leavesOf(deployment?.progress.steps ?? []).filter(({ status }) => status === "ERROR");

async function health({ cloud }: Served, id: string) {
  type Health = {
    app_health: { components: { replicas_ready: number; state: string; memory_usage_percent: number }[] };
  };
  return (await cloud.get<Health>(`/v2/apps/${id}/health`)).body.app_health.components[0];
}

test("a live app answers at its address under TLS, and its process has its own variables only", async (t) => {
  const served = await servedCloud(t);
  process.env.BREAKWATER_TEST_LEAK = "mine";
  t.after(() => delete process.env.BREAKWATER_TEST_LEAK);
  const envs = [
    { key: "RELEASE", value: "1" },
    { key: "TOKEN", value: `hu\${sh}$HOME`, type: "SECRET" },
    { key: "BUILD_ONLY", value: "x", scope: "BUILD_TIME" },
    { key: "SHARED", value: "mine" },
  ];
  const app = await deployed(
    served,
    spec({
      services: [{ ...API, envs }],
      envs: [
        { key: "SHARED", value: "app's" },
        { key: "ALL", value: "1" },
      ],
    }),
  );
  assert.equal(app.live_url, app.default_ingress);
  const { env, pid } = await told(served, `${app.live_url}/x?y=1`);
  const { PATH, PORT, PWD: _, ...own } = env;
  assert.deepEqual(own, { RELEASE: "1", TOKEN: `hu\${sh}$HOME`, SHARED: "mine", ALL: "1" });
  assert.ok(PATH && Number(PORT) > 0);
  assert.ok(!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("hu"));
  await assert.rejects(ask({ ...served, ca: "" }, app.live_url), /certificate|issuer/);
  const plain = await fetch(app.live_url.replace("https", "http"), { redirect: "manual" });
  assert.deepEqual([plain.status, plain.headers.get("location")], [301, `${app.live_url}/`]);
  const component = await health(served, app.id);
  assert.partialDeepStrictEqual(component, { state: "HEALTHY", replicas_ready: 1 });
  assert.ok(component && component.memory_usage_percent > 0);
});

test("bindable variables name the app, its components and its databases", async (t) => {
  const served = await servedCloud(t);
  const cluster = await onlineCluster(served.cloud, "orders");
  await served.cloud.make(`/v2/databases/${cluster.id}/dbs`, { name: "shop" });
  const user = await served.cloud.make<{ password: string }>(`/v2/databases/${cluster.id}/users`, {
    name: "clerk",
  });
  const pool = { name: "fast", mode: "transaction", size: 5, db: "shop", user: "clerk" };
  await served.cloud.make(`/v2/databases/${cluster.id}/pools`, pool);
  const names = ["APP_URL", "APP_ID", "_self.PRIVATE_URL", "api.PUBLIC_URL", "db.USERNAME", "db.PASSWORD"];
  const more = [
    "db.DATABASE_URL",
    "db.fast.DATABASE_URL",
    "db.CA_CERT",
    "other.PRIVATE_URL",
    "nothing.AT_ALL",
  ];
  const envs = [...names, ...more].map((name) => ({
    key: name.replaceAll(".", "_"),
    value: `<\${${name}}>`,
  }));
  const app = await deployed(
    served,
    spec({
      services: [
        { ...API, envs },
        { ...API, name: "other" },
      ],
      databases: [
        {
          name: "db",
          engine: "PG",
          production: true,
          cluster_name: "orders",
          db_name: "shop",
          db_user: "clerk",
        },
      ],
    }),
  );
  const { env } = await told(served, app.live_url);
  const { host } = new URL(app.live_url);
  const address = host.replace(/:.*/, "");
  const { connection } = cluster as unknown as { connection: { host: string } };
  const credentials = `clerk:${user.password}@${connection.host}`;
  assert.partialDeepStrictEqual(env, {
    APP_URL: `<${app.live_url}>`,
    APP_ID: `<${app.id}>`,
    _self_PRIVATE_URL: `<http://${address}:8080>`,
    other_PRIVATE_URL: `<http://${address}:8081>`,
    api_PUBLIC_URL: `<${app.live_url}>`,
    db_USERNAME: "<clerk>",
    db_PASSWORD: `<${user.password}>`,
    db_DATABASE_URL: `<postgresql://${credentials}:25060/shop?sslmode=require>`,
    db_fast_DATABASE_URL: `<postgresql://${credentials}:25061/fast?sslmode=require>`,
    nothing_AT_ALL: `<\${nothing.AT_ALL}>`,
  });
  assert.match(env.db_CA_CERT ?? "", /^<-----BEGIN CERTIFICATE-----/);
  const inside = await fetch(`http://${address}:8081/inside`);
  assert.equal(((await inside.json()) as { url: string }).url, "/inside");
});

test("no request fails while one version follows another", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served, withEnvs({ RELEASE: "1" }, { instance_count: 2 }));
  let isDone = false;
  const seen = new Set<string | undefined>();
  const load = Array.from({ length: 4 }, async () => {
    while (!isDone) {
      const { env } = await told(served, `${app.live_url}/slow/20`);
      seen.add(env.RELEASE);
    }
  });
  const slow = told(served, `${app.live_url}/slow/1500`);
  await redeployed(served, app.id, withEnvs({ RELEASE: "2" }, { instance_count: 2 }));
  isDone = true;
  await Promise.all(load);
  assert.deepEqual([...seen].sort(), ["1", "2"]);
  assert.equal((await slow).env.RELEASE, "1", "what was under way is answered");
  assert.equal((await told(served, app.live_url)).env.RELEASE, "2");
});

test("a version that never gets healthy ends in an error, and the one before it stays", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served, withEnvs({ RELEASE: "1" }));
  for (const [envs, code] of [
    [{ RELEASE: "2", BROKEN: "1" }, "DeployContainerHealthChecksFailed"],
    [{ RELEASE: "3", CRASHES: "1" }, "DeployContainerExitNonZero"],
  ] as const) {
    const after = await redeployed(served, app.id, withEnvs(envs));
    assert.equal(after.active_deployment?.id, app.active_deployment?.id);
    const [failed] = await deploymentsOf(served, app.id);
    assert.equal(failed?.phase, "ERROR");
    assert.partialDeepStrictEqual(failureOf(failed), [
      { name: "wait", component_name: "api", reason: { code } },
    ]);
    assert.equal((await told(served, app.live_url)).env.RELEASE, "1");
    const said = await linesOf(served, `/v2/apps/${app.id}/deployments/${failed?.id}/logs?type=RUN`);
    assert.ok(
      said.some((line) => line.endsWith(` release ${envs.RELEASE}`)),
      said.join("\n"),
    );
  }
});

test("jobs run before and after; one that fails before stops the deployment, and the job for that runs", async (t) => {
  const served = await servedCloud(t);
  const jobs = (before: string) => [
    job("PRE_DEPLOY", `echo before $RELEASE && ${before}`, { envs: [{ key: "RELEASE", value: "7" }] }),
    job("POST_DEPLOY", "echo after; exit 4"),
    job("FAILED_DEPLOY", "echo sorry"),
  ];
  const app = await deployed(served, spec({ jobs: jobs("true") }));
  const logs = async (deployment?: string) =>
    (await linesOf(served, `/v2/apps/${app.id}/deployments/${deployment}/logs?type=RUN`))
      .map((line) => line.replace(/ \S+Z /, ": "))
      .filter((line) => !line.startsWith("api"));
  assert.deepEqual(await logs(app.active_deployment?.id), ["pre-deploy: before 7", "post-deploy: after"]);

  await redeployed(served, app.id, spec({ jobs: jobs("exit 3") }));
  const [failed] = await deploymentsOf(served, app.id);
  assert.equal(failed?.phase, "ERROR");
  assert.partialDeepStrictEqual(failureOf(failed), [
    { component_name: "pre-deploy", reason: { message: "job pre-deploy exited with code 3" } },
  ]);
  assert.deepEqual(await logs(failed?.id), ["pre-deploy: before 7", "failed-deploy: sorry"]);
});

test("an app of a job alone is live when that is done, and its log stays readable", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served, {
    name: "grants",
    region: "nyc",
    jobs: [job("PRE_DEPLOY", "echo 'one\ntwo'; echo three >&2")],
  });
  assert.equal(app.active_deployment?.phase, "ACTIVE");
  const path = `/v2/apps/${app.id}/deployments/${app.active_deployment?.id}/components/pre-deploy/logs`;
  const lines = await linesOf(served, `${path}?type=RUN`);
  assert.deepEqual(
    lines.map((line) => line.replace(/^pre-deploy \d{4}-\S+Z /, "")),
    ["one", "two", "three"],
  );
  assert.deepEqual(await linesOf(served, `${path}?type=RUN&tail_lines=1`), lines.slice(-1));
});

test("a process that ends is started again, and the log of crashes says why", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served);
  const before = await told(served, app.live_url);
  assert.equal((await ask(served, `${app.live_url}/crash`)).status, 502);
  let after: Awaited<ReturnType<typeof ask>>;
  do after = await ask(served, app.live_url);
  while (after.status !== 200);
  assert.notEqual(JSON.parse(after.text).pid, before.pid);
  const lines = await linesOf(served, `/v2/apps/${app.id}/components/api/logs?type=RUN_RESTARTED`);
  assert.match(lines.join("\n"), /release none\n.*ended with exit code 1: starting it again$/);
  assert.equal((await health(served, app.id))?.state, "HEALTHY");
});

test("a rollback, a restart and a cancellation do with the processes what they say", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served, withEnvs({ RELEASE: "1" }));
  await redeployed(served, app.id, withEnvs({ RELEASE: "2" }));
  const rollback = { deployment_id: app.active_deployment?.id };
  assert.equal((await served.cloud.post(`/v2/apps/${app.id}/rollback`, rollback)).status, 200);
  await settled(served.cloud, app.id);
  const before = await told(served, app.live_url);
  assert.equal(before.env.RELEASE, "1");

  await served.cloud.post(`/v2/apps/${app.id}/rollback/commit`);
  await served.cloud.post(`/v2/apps/${app.id}/restart`, {});
  await settled(served.cloud, app.id);
  const restarted = await told(served, app.live_url);
  assert.equal(restarted.env.RELEASE, "1");
  assert.notEqual(restarted.pid, before.pid);

  const broken = withEnvs(
    { RELEASE: "3", BROKEN: "1" },
    { health_check: { ...API.health_check, failure_threshold: 50 } },
  );
  const { body } = await served.cloud.put<{ app: App }>(`/v2/apps/${app.id}`, { spec: broken });
  const at = `/v2/apps/${app.id}/deployments/${body.app.pending_deployment?.id}`;
  const canceled = await served.cloud.post<{ deployment: Deployment }>(`${at}/cancel`);
  assert.equal(canceled.body.deployment.phase, "CANCELED");
  const current = (await settled(served.cloud, app.id)) as App;
  assert.equal(current.active_deployment?.cause, "app restarted");
  assert.equal((await told(served, app.live_url)).env.RELEASE, "1");
});

test("what no table knows is deployed without a process, and its log says so", async (t) => {
  const served = await servedCloud(t);
  const image = { registry_type: "DOCR", repository: "elsewhere", tag: "1" };
  const app = await deployed(served, spec({ services: [{ ...API, image }] }));
  assert.equal(app.active_deployment?.phase, "ACTIVE");
  assert.equal((await ask(served, app.live_url)).status, 503);
  const lines = await linesOf(served, `/v2/apps/${app.id}/logs?type=DEPLOY`);
  assert.match(lines.join("\n"), /api is not run: .*elsewhere/);
});

test("an app that is deleted leaves no process and no listener", async (t) => {
  const served = await servedCloud(t);
  const app = await deployed(served);
  const { pid } = await told(served, app.live_url);
  assert.equal((await served.cloud.delete(`/v2/apps/${app.id}`)).status, 200);
  await assert.rejects(async () => {
    for (;;) await ask(served, app.live_url);
  }, /ECONNREFUSED|ECONNRESET|hang up/);
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
