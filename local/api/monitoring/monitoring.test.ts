import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, cloudFor, type Made, onlineCluster } from "../../testing.ts";

const team = {
  email: ["ops@breakwater.dev"],
  slack: [{ channel: "#ops", url: "https://hooks.slack.com/services/T/B/X" }],
};
const policy = {
  type: "v1/dbaas/alerts/cpu_alerts",
  description: "busy",
  compare: "GreaterThan",
  value: 80,
  window: "5m",
  entities: [] as string[],
  tags: [],
  alerts: team,
};
const check = {
  name: "site",
  type: "https",
  target: "https://shop.test/healthz",
  regions: ["us_east", "eu_west"],
};
const latency = {
  name: "slow",
  type: "latency",
  threshold: 300,
  comparison: "greater_than",
  period: "2m",
  notifications: team,
};

async function refuses(
  cloud: Client,
  path: string,
  cases: readonly (readonly [object, RegExp])[],
): Promise<void> {
  for (const [body, says] of cases) {
    const answer = await cloud.post<{ id: string; message: string }>(path, body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal(answer.body.id, "bad_request");
    assert.match(answer.body.message, says);
  }
}

test("alert policies watch what exists and tell who can be a member", async (t) => {
  const cloud = await cloudFor(t);
  const cluster = await onlineCluster(cloud, "data");
  const { status, body } = await cloud.post<{ policy: Made & { uuid: string } }>("/v2/monitoring/alerts", {
    ...policy,
    entities: [cluster.id],
  });
  assert.equal(status, 200);
  assert.partialDeepStrictEqual(body.policy, { ...policy, entities: [cluster.id], enabled: true });
  const at = `/v2/monitoring/alerts/${body.policy.uuid}`;
  assert.partialDeepStrictEqual((await cloud.put(at, { ...policy, value: 0.5, enabled: false })).body, {
    policy: { value: 0.5, enabled: false, entities: [] },
  });
  assert.partialDeepStrictEqual((await cloud.get("/v2/monitoring/alerts")).body, {
    policies: [{ value: 0.5 }],
    meta: { total: 1 },
  });
  for (const type of [
    "v1/insights/droplet/load_15",
    "v1/insights/lbaas/droplet_health",
    "v1/droplet/autoscale_alerts/scale_up",
  ])
    assert.equal((await cloud.post("/v2/monitoring/alerts", { ...policy, type })).status, 200, type);

  const alerts = (email: string) => ({ ...policy, alerts: { email: [team.email[0], email], slack: [] } });
  await refuses(cloud, "/v2/monitoring/alerts", [
    [{ ...policy, type: "v1/insights/droplet/heat" }, /type/],
    [{ ...policy, compare: ">" }, /compare/],
    [{ ...policy, window: "1m" }, /window/],
    [{ ...policy, value: -1 }, /value/],
    [{ ...policy, alerts: { email: [], slack: null } }, /'alerts': needs/],
    [
      { ...policy, alerts: { slack: [{ channel: "#ops", url: "http://hooks.slack.com/x" }] } },
      /alerts\.slack\[0\]\.url/,
    ],
    [
      alerts("bob@example.com"),
      /invalid value for field 'alerts\.email\[1\]': invalid email 'bob@example\.com'/,
    ],
    [alerts("bob"), /alerts\.email\[1\]/],
    [{ ...policy, entities: [crypto.randomUUID()] }, /entities\[0\]/],
    [{ ...policy, type: "v1/insights/droplet/cpu", entities: [cluster.id] }, /entities\[0\].*no droplet/],
  ]);
  assert.equal((await cloud.delete(at)).status, 204);
  assert.equal((await cloud.get(at)).status, 404);
});

test("uptime checks have URLs of their type, and regions that are about to look", async (t) => {
  const cloud = await cloudFor(t);
  const made = await cloud.make("/v2/uptime/checks", check);
  assert.partialDeepStrictEqual(made, { ...check, enabled: true });
  const at = `/v2/uptime/checks/${made.id}`;
  const { body } = await cloud.get<{ state: { regions: Record<string, { status: string }> } }>(`${at}/state`);
  assert.deepEqual(
    Object.entries(body.state.regions).map(([region, { status }]) => `${region} ${status}`),
    ["us_east CHECKING", "eu_west CHECKING"],
  );
  assert.partialDeepStrictEqual((await cloud.put(at, { enabled: false })).body, {
    check: { name: "site", enabled: false },
  });
  assert.equal((await cloud.put(at, { type: "http" })).status, 400, "the target still is of https");
  await cloud.make("/v2/uptime/checks", { name: "host", type: "ping", target: "192.0.2.1" });
  await refuses(cloud, "/v2/uptime/checks", [
    [{ ...check, type: "tcp" }, /type/],
    [{ ...check, target: "shop.test" }, /target/],
    [{ ...check, target: "http://shop.test" }, /starts with https/],
    [{ ...check, regions: ["mars"] }, /regions/],
    [{ ...check, name: "" }, /name/],
  ]);
});

test("uptime alerts have what their type needs, and go with their check", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await cloud.make("/v2/uptime/checks", check);
  const path = `/v2/uptime/checks/${id}/alerts`;
  const slow = await cloud.make(path, latency);
  assert.partialDeepStrictEqual(slow, latency);
  // The client in Go sends what is not set as its zero value.
  await cloud.make(path, {
    name: "down",
    type: "down",
    threshold: 0,
    comparison: "",
    period: "2m",
    notifications: { email: null, slack: team.slack },
  });
  await cloud.make(path, {
    name: "ends",
    type: "ssl_expiry",
    threshold: 14,
    comparison: "less_than",
    period: "",
    notifications: team,
  });
  assert.partialDeepStrictEqual((await cloud.put(`${path}/${slow.id}`, { ...latency, period: "1h" })).body, {
    alert: { period: "1h" },
  });
  const notify = (notifications: object) => ({ ...latency, notifications });
  await refuses(cloud, path, [
    [{ ...latency, threshold: 0 }, /threshold/],
    [{ ...latency, comparison: "" }, /comparison/],
    [{ ...latency, period: "1hr" }, /period/],
    [{ ...latency, period: "" }, /period/],
    [{ ...latency, type: "up" }, /type/],
    [
      notify({ email: ["bob@shop.test"] }),
      /invalid value for field 'notifications\.email\[0\]': invalid email 'bob@shop\.test'/,
    ],
    [notify({}), /notifications/],
  ]);
  assert.equal((await cloud.post(`/v2/uptime/checks/${crypto.randomUUID()}/alerts`, latency)).status, 404);
  assert.equal((await cloud.delete(`/v2/uptime/checks/${id}`)).status, 204);
  assert.equal((await cloud.get(`${path}/${slow.id}`)).status, 404);
});
