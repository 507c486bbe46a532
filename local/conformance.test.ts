import assert from "node:assert/strict";
import { test } from "node:test";
import { type Judge, judged, skip } from "./judge.ts";
import { ApiDescription, DESCRIPTION } from "./openapi.ts";
import { CLUSTER, type Client, cloudFor, type Made, onlineCluster, SERVICE } from "./testing.ts";

test("every answer of a broad scenario is as DigitalOcean describes it", { skip }, async (t) => {
  const cloud = await judged(t);
  await account(cloud);
  for (const [engine, version, nodes, size] of [
    ["pg", "17", 2, "db-s-1vcpu-2gb"],
    ["mysql", "8", 1, "db-s-1vcpu-1gb"],
    ["mongodb", "7.0", 3, "db-s-1vcpu-1gb"],
    ["valkey", "8", 1, "db-s-1vcpu-1gb"],
    ["kafka", "3.8", 3, "db-s-2vcpu-2gb"],
    ["opensearch", "2", 1, "db-s-1vcpu-2gb"],
    ["advanced_pg", "17", 1, "gd-2vcpu-8gb"],
    ["advanced_mysql", "8.4.8", 1, "gd-2vcpu-8gb"],
  ] as const)
    await database(cloud, { name: `c-${engine.replace("_", "-")}`, engine, version, num_nodes: nodes, size });
  await apps(cloud);
  assert.deepEqual(cloud.violations, []);
  assert.ok(cloud.seen.size > 200, `only ${cloud.seen.size} different calls were made`);
});

async function account(cloud: Judge): Promise<void> {
  for (const path of [
    "/v2/account",
    "/v2/regions",
    "/v2/sizes",
    "/v2/actions",
    "/v2/projects",
    "/v2/vpcs",
    "/v2/tags",
  ])
    await cloud.get(`${path}?per_page=5`);
  await cloud.get("/v2/actions/1");
  const vpc = await cloud.make("/v2/vpcs", { name: "net", region: "fra1", description: "d" });
  await cloud.get(`/v2/vpcs/${vpc.id}`);
  await cloud.put(`/v2/vpcs/${vpc.id}`, { name: "net-2", description: "" });
  await cloud.patch(`/v2/vpcs/${vpc.id}`, { name: "net-3" });
  await cloud.get(`/v2/vpcs/${vpc.id}/members`);
  await cloud.get(`/v2/vpcs/${vpc.id}/peerings`);
  const project = await cloud.make("/v2/projects", {
    name: "p",
    purpose: "Service or API",
    environment: "Production",
  });
  await cloud.patch(`/v2/projects/${project.id}`, { description: "d" });
  await cloud.put(`/v2/projects/${project.id}`, {
    name: "q",
    description: "",
    purpose: "x",
    environment: "Staging",
    is_default: false,
  });
  for (const path of [`/v2/projects/${project.id}`, "/v2/projects/default", "/v2/projects/default/resources"])
    await cloud.get(path);
  await cloud.post("/v2/tags", { name: "blue" });
  const cluster = await onlineCluster(cloud, "held", {
    tags: ["blue"],
    project_id: project.id,
    private_network_uuid: vpc.id,
  });
  await cloud.get(`/v2/vpcs/${vpc.id}/members`);
  await cloud.delete(`/v2/vpcs/${vpc.id}`);
  await cloud.delete(`/v2/projects/${project.id}`);
  await cloud.get(`/v2/projects/${project.id}/resources`);
  await cloud.get("/v2/tags/blue");
  await cloud.post("/v2/tags/blue/resources", {
    resources: [{ resource_id: cluster.id, resource_type: "database" }],
  });
  await cloud.delete("/v2/tags/blue/resources", {
    resources: [{ resource_id: cluster.id, resource_type: "database" }],
  });
  await cloud.post("/v2/projects/default/resources", {
    resources: [`do:dbaas:${cluster.id}`, "do:droplet:1"],
  });
  for (const path of [
    `/v2/databases/${cluster.id}`,
    "/v2/tags/blue",
    `/v2/projects/${project.id}`,
    `/v2/vpcs/${vpc.id}`,
  ])
    await cloud.delete(path);
}

async function database(
  cloud: Judge,
  facts: { name: string; engine: string; version: string; size: string; num_nodes: number },
): Promise<void> {
  const { id } = await cloud.make("/v2/databases", {
    ...CLUSTER,
    ...facts,
    tags: ["green"],
    storage_autoscale: { enabled: true, threshold_percent: 80, increment_gib: 10 },
  });
  const at = `/v2/databases/${id}`;
  for (const path of [
    "/v2/databases",
    "/v2/databases/options",
    at,
    `${at}/ca`,
    `${at}/backups`,
    `${at}/events`,
    `${at}/config`,
  ])
    await cloud.get(path);
  await cloud.put(`${at}/firewall`, {
    rules: [
      { type: "ip_addr", value: "10.0.0.0/16", description: "VPC" },
      { type: "tag", value: "green" },
    ],
  });
  await cloud.get(`${at}/firewall`);
  await cloud.put(`${at}/maintenance`, { day: "friday", hour: "13:00" });
  await cloud.put(`${at}/install_update`);
  await cloud.put(`${at}/autoscale`, { storage: { enabled: false } });
  await cloud.get(`${at}/autoscale`);
  await cloud.put(`${at}/do_settings`, { do_settings: { service_cnames: ["db.example.com"] } });
  await cloud.get(`${at}/do_settings`);
  for (const [path, body] of [
    ["users", { name: "app" }],
    ["dbs", { name: "orders" }],
    ["pools", { name: "pool", mode: "transaction", size: 5, db: "orders", user: "app" }],
    ["replicas", { name: "read-1" }],
    [
      "logsink",
      {
        sink_name: "sink",
        sink_type: "opensearch",
        config: { url: "https://u:p@logs.example.com:443", index_prefix: "logs" },
      },
    ],
  ] as const) {
    const { body: made } = await cloud.post<Record<string, { sink_id?: string; name?: string }>>(
      `${at}/${path}`,
      body,
    );
    await cloud.get(`${at}/${path}`);
    const key = made.sink?.sink_id ?? ("name" in body ? body.name : "none");
    await cloud.get(`${at}/${path}/${key}`);
  }
  await cloud.put(`${at}/users/app`, { settings: {} });
  await cloud.post(`${at}/users/app/reset_auth`, {});
  await cloud.put(`${at}/pools/pool`, { mode: "session", size: 4, db: "orders" });
  await cloud.get(`${at}/eviction_policy`);
  await cloud.put(`${at}/eviction_policy`, { eviction_policy: "allkeys_lru" });
  await cloud.get(`${at}/sql_mode`);
  await cloud.put(`${at}/sql_mode`, { sql_mode: "ANSI" });
  await cloud.put(`${at}/online-migration`, {
    source: { host: "h", port: 1, dbname: "d", username: "u", password: "p" },
  });
  const { body: migration } = await cloud.get<{ id: string }>(`${at}/online-migration`);
  await cloud.delete(`${at}/online-migration/${migration.id}`);
  await cloud.put(`${at}/resize`, { size: facts.size, num_nodes: facts.num_nodes });
  await cloud.put(`${at}/migrate`, { region: "ams3" });
  await cloud.put(`${at}/upgrade`, { version: "18" });
  await cloud.get("/v2/databases/metrics/credentials");
  await cloud.put("/v2/databases/metrics/credentials", {
    credentials: { basic_auth_username: "u", basic_auth_password: "p" },
  });
  for (const path of ["pools/pool", "dbs/orders", "users/app", "replicas/read-1", ""])
    await cloud.delete(`${at}/${path}`.replace(/\/$/, ""));
  await cloud.get(at);
}

async function apps(cloud: Judge): Promise<void> {
  const { body: list } = await cloud.get<{ vpcs: Made[] }>("/v2/vpcs?per_page=200");
  const vpc = list.vpcs.find((vpc) => vpc.region === "nyc1");
  const spec = {
    name: "shop",
    services: [
      {
        ...SERVICE,
        envs: [{ key: "TOKEN", value: "hush", type: "SECRET" }],
        alerts: [{ rule: "CPU_UTILIZATION", operator: "GREATER_THAN", value: 80, window: "FIVE_MINUTES" }],
        health_check: { http_path: "/healthz" },
      },
    ],
    static_sites: [{ name: "web", git: { repo_clone_url: "https://example.com/web.git", branch: "main" } }],
    workers: [
      {
        name: "mailer",
        image: SERVICE.image,
        instance_size_slug: "apps-d-1vcpu-1gb",
        autoscaling: { min_instance_count: 1, max_instance_count: 3, metrics: { cpu: { percent: 70 } } },
      },
    ],
    jobs: [{ name: "migrate", kind: "PRE_DEPLOY", image: SERVICE.image }],
    domains: [{ domain: "shop.example.com" }],
    alerts: [{ rule: "DEPLOYMENT_FAILED" }],
    egress: { type: "DEDICATED_IP" },
    vpc: { id: vpc?.id },
  };
  await cloud.post("/v2/apps/propose", { spec });
  const app = await cloud.make("/v2/apps", { spec });
  const at = `/v2/apps/${app.id}`;
  for (const path of [
    "/v2/apps",
    "/v2/apps/regions",
    "/v2/apps/tiers/instance_sizes",
    "/v2/apps/tiers/instance_sizes/apps-s-1vcpu-1gb",
    at,
    `${at}/alerts`,
    `${at}/health`,
    `${at}/instances`,
    `${at}/deployments`,
    `${at}/logs`,
    `${at}/components/api/logs`,
  ])
    await cloud.get(path);
  const { body: alerts } = await cloud.get<{ alerts: { id: string }[] }>(`${at}/alerts`);
  await cloud.post(`${at}/alerts/${alerts.alerts[0]?.id}/destinations`, {
    emails: ["a@example.com"],
    slack_webhooks: [{ url: "https://hooks.slack.com/x", channel: "#ops" }],
  });
  await cloud.put(at, { spec: { ...spec, envs: [{ key: "A", value: "b" }] } });
  await cloud.post(`${at}/restart`, {});
  const { body: made } = await cloud.post<{ deployment: { id: string } }>(`${at}/deployments`, {
    force_build: true,
  });
  const deployment = `${at}/deployments/${made.deployment.id}`;
  for (const path of [deployment, `${deployment}/logs`, `${deployment}/components/api/logs`])
    await cloud.get(path);
  await cloud.post(`${deployment}/cancel`);
  const { body: all } = await cloud.get<{ deployments: { id: string }[] }>(`${at}/deployments`);
  const first = { deployment_id: all.deployments.at(-1)?.id };
  await cloud.post(`${at}/rollback/validate`, first);
  await cloud.post(`${at}/rollback`, first);
  await cloud.post(`${at}/rollback/revert`);
  await cloud.post("/v2/apps", { spec });
  await cloud.put(at, { spec: {} });
  await cloud.delete(at);
  await cloud.get(at);
}

/** The areas that are served; of databases without Kafka's topics and schemas, and OpenSearch's indexes. */
const SERVED = /^\/v2\/(vpcs|databases|apps|projects|tags|account$|regions|sizes|actions)/;
const NOT_SERVED =
  /peerings|topics|schema-registry|indexes|bandwidth_daily|exec|job-invocations|invocations|events|keys/;

/** Requests whose documented example can't succeed here, and why. */
const REFUSED: Record<string, { status: number; why: string }> = {
  "POST /v2/tags/{tag_id}/resources": {
    status: 404,
    why: "it names droplets, images and volumes of another account",
  },
  "DELETE /v2/tags/{tag_id}/resources": {
    status: 404,
    why: "it names droplets, images and volumes of another account",
  },
  "POST /v2/databases Restore from a Database Cluster Backup": { status: 422, why: "its backup is of 2019" },
  "POST /v2/apps": { status: 400, why: "it names a VPC of another account" },
  "POST /v2/databases/{database_cluster_uuid}/logsink Create a datadog logsink": {
    status: 412,
    why: "Datadog is for MongoDB",
  },
};

test("the documented examples of requests are accepted", { skip }, async (t) => {
  const description = new ApiDescription(DESCRIPTION);
  const cloud = await cloudFor(t);
  const wrong: string[] = [];
  let sent = 0;
  for (const operation of description.operations()) {
    if (!SERVED.test(operation.path) || NOT_SERVED.test(operation.path)) continue;
    for (const [name, body] of Object.entries(operation.examples)) {
      await cloud.post("/_local/reset");
      const path = await addressed(cloud, operation.path, JSON.stringify([name, body]));
      const answer = await cloud.send(operation.method, path, body);
      const expected =
        REFUSED[`${operation.method} ${operation.path}`] ??
        REFUSED[`${operation.method} ${operation.path} ${name}`];
      const isRight = expected ? answer.status === expected.status : answer.status < 300;
      if (!isRight)
        wrong.push(
          `${operation.method} ${operation.path} (${name}): ${answer.status} ${JSON.stringify(answer.body)}`,
        );
      sent++;
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(sent > 40, `only ${sent} examples were sent`);
});

/** A path whose parameters name something that exists and that the example fits. */
async function addressed(cloud: Client, template: string, example: string): Promise<string> {
  let path = template;
  if (path.includes("{database_cluster_uuid}")) {
    const engine = engineFor(path, example);
    const { id } = await onlineCluster(cloud, "backend", engine);
    path = path.replace("{database_cluster_uuid}", id);
    if (path.includes("{username}")) await cloud.post(`/v2/databases/${id}/users`, { name: "app-01" });
    await cloud.post(`/v2/databases/${id}/pools`, {
      name: "pool",
      mode: "transaction",
      size: 1,
      db: "defaultdb",
    });
    const { body } = await cloud.post<{ sink?: { sink_id: string } }>(`/v2/databases/${id}/logsink`, {
      sink_name: "sink",
      sink_type: "rsyslog",
      config: { server: "h", port: 514 },
    });
    path = path.replace("{logsink_id}", body.sink?.sink_id ?? "");
  }
  if (example.includes("backup_restore")) {
    const [, { engine, version, size }] = JSON.parse(example);
    await onlineCluster(cloud, "backend", { engine, version, size });
  }
  if (path.includes("{project_id}"))
    path = path.replace("{project_id}", (await cloud.make("/v2/projects", { name: "p", purpose: "x" })).id);
  if (path.includes("{vpc_id}"))
    path = path.replace("{vpc_id}", (await cloud.make("/v2/vpcs", { name: "v", region: "fra1" })).id);
  if (path.includes("{tag_id}"))
    path = path.replace("{tag_id}", (await cloud.make<Made>("/v2/tags", { name: "blue" })).name);
  return path.replace("{username}", "app-01").replace("{pool_name}", "pool");
}

function engineFor(path: string, example: string): object {
  if (/mysql|sql_mode/i.test(example + path)) return { engine: "mysql", version: "8" };
  if (/mongo/i.test(example)) return { engine: "mongodb", version: "7.0" };
  if (/kafka/i.test(example))
    return { engine: "kafka", version: "3.8", num_nodes: 3, size: "db-s-2vcpu-2gb" };
  if (/opensearch/i.test(example)) return { engine: "opensearch", version: "2", size: "db-s-1vcpu-2gb" };
  if (path.endsWith("eviction_policy")) return { engine: "valkey", version: "8" };
  if (path.endsWith("upgrade")) return { version: "13" };
  return {};
}
