import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Monitoring } from "./monitoring.ts";
import type { MonitoringArgs } from "./monitoring-args.ts";
import { record, resolved } from "./testing.ts";

const account = { calls: { "digitalocean:index/getAccount:getAccount": { email: "owner@example.com" } } };
const all: MonitoringArgs = {
  prefix: "shop-prod",
  loadBalancerId: "lb",
  dropletTag: "shop-prod-api",
  databases: { postgres: { clusterId: "pg", vcpus: 2 }, cache: { clusterId: "valkey", vcpus: 1 } },
  uptime: { site: "https://example.com", assets: "https://assets.example.com" },
};
const make = (args: MonitoringArgs = {}) =>
  record(() => new Monitoring("watch", { ...all, ...args }), account);

/** Policies as `type of what above or below value`. */
const policies = (resources: { type: string; inputs: Record<string, unknown> }[]) =>
  resources
    .filter(({ type }) => type.endsWith(":MonitorAlert"))
    .map(({ inputs: { type, entities, tags, compare, value, window } }) =>
      [type, JSON.stringify(entities ?? tags), compare === "GreaterThan" ? ">" : "<", value, window].join(
        " ",
      ),
    );

test("load balancer, droplets and each cluster have their alerts", async () => {
  const { resources, result } = await make();
  const database = (id: string, load: number) => [
    `v1/dbaas/alerts/cpu_alerts ["${id}"] > 80 10m`,
    `v1/dbaas/alerts/memory_utilization_alerts ["${id}"] > 85 10m`,
    `v1/dbaas/alerts/disk_utilization_alerts ["${id}"] > 75 5m`,
    `v1/dbaas/alerts/load_15_alerts ["${id}"] > ${load} 10m`,
  ];
  assert.deepEqual(policies(resources), [
    'v1/insights/lbaas/increase_in_http_error_rate_count_5xx ["lb"] > 5 5m',
    'v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx ["lb"] > 50 5m',
    'v1/insights/lbaas/high_http_request_response_time_95p ["lb"] > 2 5m',
    'v1/insights/lbaas/connection_utilization_percent ["lb"] > 80 5m',
    'v1/insights/droplet/cpu ["shop-prod-api"] > 80 10m',
    'v1/insights/droplet/memory_utilization_percent ["shop-prod-api"] > 85 10m',
    'v1/insights/droplet/disk_utilization_percent ["shop-prod-api"] > 75 5m',
    ...database("pg", 4),
    ...database("valkey", 2),
  ]);
  assert.equal(result.alerts, 15 + 8);
});

test("each address is asked for from two continents, and its certificate is looked at", async () => {
  const { resources, named, result } = await make();
  assert.deepEqual(named("watch-check-site").inputs, {
    name: "shop-prod-site",
    type: "https",
    target: "https://example.com",
    regions: ["us_east", "eu_west"],
  });
  const alerts = resources.filter(({ name }) => name.startsWith("watch-check-assets-"));
  assert.deepEqual(
    alerts.map(({ inputs }) => [inputs.type, inputs.comparison, inputs.threshold, inputs.period]),
    [
      ["down", undefined, undefined, "2m"],
      ["down_global", undefined, undefined, "2m"],
      ["latency", "greater_than", 1500, "5m"],
      ["ssl_expiry", "less_than", 14, "1h"],
    ],
  );
  for (const { inputs, replaceOnChanges } of alerts) {
    assert.equal(inputs.checkId, "watch-check-assets-id");
    assert.deepEqual(replaceOnChanges, ["checkId"]);
  }
  const site = result.checkIds.site;
  assert.ok(site);
  assert.equal((await resolved(site)).value, "watch-check-site-id");
});

test("without anyone named, the account's own address hears of it", async () => {
  const { named, calls } = await make();
  assert.deepEqual(named("watch-balancer-5xx-count").inputs.alerts, { emails: ["owner@example.com"] });
  assert.equal(calls.length, 1);
});

test("who is named hears of it alone, and the webhook is a secret everywhere", async () => {
  const url = pulumi.secret("https://hooks.slack.example/planted");
  const { resources, calls } = await make({
    slack: { channel: "#ops", url },
    thresholds: { cpuPercent: 60 },
  });
  assert.deepEqual(calls, []);
  const told = resources.filter(({ type }) => /:(MonitorAlert|UptimeAlert)$/.test(type));
  assert.equal(told.length, 23);
  for (const { name, secrets } of told) assert.match(secrets.join(), /slacks\[0\]\.url/, name);
  assert.equal(resources.filter(({ inputs }) => inputs.value === 60).length, 3);
});

test("what is left out is not watched", async () => {
  const { resources } = await record(() => new Monitoring("watch", { emails: ["ops@example.com"] }));
  assert.equal(resources.length, 1);
});

test("wrong arguments are refused before anything is made", async () => {
  const { resources } = await record(() =>
    assert.throws(
      () => new Monitoring("watch", { emails: ["ops"], thresholds: { diskPercent: 101 } }),
      /emails ops must be an e-mail address\nwatch: thresholds.diskPercent 101 must be 1 to 100/,
    ),
  );
  assert.deepEqual(resources, []);
});
