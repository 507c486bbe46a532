import assert from "node:assert/strict";
import { test } from "node:test";
import { LoadBalancer, type LoadBalancerArgs } from "./load-balancer.ts";
import { record, resolved } from "./testing.ts";

const args: LoadBalancerArgs = {
  region: "fra1",
  vpcId: "vpc",
  balancerName: "shop-prod",
  certificateName: "product-1a2b",
  backendTag: "shop-prod-api",
  port: 8080,
  healthPath: "/healthz",
  projectId: "project",
};
const make = (more: Partial<LoadBalancerArgs> = {}) =>
  record(() => new LoadBalancer("lb", { ...args, ...more }));

test("TLS ends at the balancer, plain http is redirected, and backends are found by a tag that exists", async () => {
  const { resources, named, result, warnings } = await make();
  assert.deepEqual(
    resources.map(({ type, name }) => [type, name]),
    [
      ["breakwater:network:LoadBalancer", "lb"],
      ["digitalocean:index/tag:Tag", "lb-tag"],
      ["digitalocean:index/loadBalancer:LoadBalancer", "lb-balancer"],
    ],
  );
  const balancer = named("lb-balancer");
  assert.deepEqual(balancer.inputs, {
    name: "shop-prod",
    type: "REGIONAL",
    network: "EXTERNAL",
    region: "fra1",
    vpcUuid: "vpc",
    sizeUnit: 2,
    projectId: "project",
    dropletTag: "shop-prod-api",
    forwardingRules: [
      {
        entryProtocol: "http2",
        entryPort: 443,
        targetProtocol: "http",
        targetPort: 8080,
        certificateName: "product-1a2b",
      },
      { entryProtocol: "http", entryPort: 80, targetProtocol: "http", targetPort: 8080 },
    ],
    redirectHttpToHttps: true,
    tlsCipherPolicy: "STRONG",
    disableLetsEncryptDnsRecords: true,
    enableBackendKeepalive: true,
    httpIdleTimeoutSeconds: 60,
    healthcheck: {
      protocol: "http",
      port: 8080,
      path: "/healthz",
      checkIntervalSeconds: 10,
      responseTimeoutSeconds: 5,
      unhealthyThreshold: 3,
      healthyThreshold: 3,
    },
  });
  assert.ok(balancer.dependencies.includes("lb-tag"));
  assert.deepEqual(balancer.ignoreChanges, ["projectId", "network"]);
  assert.deepEqual([balancer.protect, balancer.retainOnDelete], [true, true]);
  assert.equal((await resolved(result.ip)).value, "203.0.113.80");
  assert.equal((await resolved(result.loadBalancerId)).value, "lb-balancer-id");
  assert.equal((await resolved(result.backendTag)).value, "shop-prod-api");
  assert.deepEqual(result.monthlyCost, { usd: 24, atMostUsd: 24, unpriced: [] });
  assert.deepEqual(warnings, []);
});

test("a firewall, another size and lifted protection are passed on, the last aloud", async () => {
  const { named, warnings } = await make({
    nodes: 5,
    firewall: { allows: ["cidr:203.0.113.0/24"], denies: ["ip:203.0.113.7"] },
    protection: { allowReplace: ["balancer"], retain: false },
  });
  const { inputs, protect, retainOnDelete } = named("lb-balancer");
  assert.equal(inputs.sizeUnit, 5);
  assert.deepEqual(inputs.firewall, { allows: ["cidr:203.0.113.0/24"], denies: ["ip:203.0.113.7"] });
  assert.deepEqual([protect, retainOnDelete], [false, false]);
  assert.match(warnings.join(), /may delete or replace: balancer/);
});

test("an empty firewall is none", async () => {
  const { named } = await make({ firewall: { allows: [], denies: [] } });
  assert.equal(named("lb-balancer").inputs.firewall, undefined);
});

test("what can't be right is refused at once, before anything is made", async () => {
  const { resources } = await record(() =>
    assert.throws(
      () =>
        new LoadBalancer("lb", {
          ...args,
          balancerName: "a b",
          backendTag: "Upper",
          nodes: 0,
          port: 70_000,
          healthPath: "healthz",
          idleTimeoutSeconds: 5,
          firewall: { allows: ["203.0.113.7"], denies: ["ip:203.0.113.999", "cidr:203.0.113.0/33"] },
        }),
      (error: Error) => {
        const lines = error.message.split("\n").map((line) => line.split(" ")[1]);
        assert.deepEqual(lines, [
          "balancerName",
          "backendTag",
          "nodes",
          "port",
          "idleTimeoutSeconds",
          "healthPath",
          "firewall.allows",
          "firewall.denies",
          "firewall.denies",
        ]);
        return true;
      },
    ),
  );
  assert.deepEqual(resources, []);
});
