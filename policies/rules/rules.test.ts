import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PolicyResource, ResourceValidationPolicy } from "@pulumi/policy";
import fc from "fast-check";
import { types } from "../resources.ts";
import { databaseClusterFirewalled } from "./database-cluster-firewalled.ts";
import { databaseClusterPrivateNetwork } from "./database-cluster-private-network.ts";
import { databaseFirewallNarrow } from "./database-firewall-narrow.ts";

const opts: PolicyResource["opts"] = {
  protect: true,
  ignoreChanges: [],
  aliases: [],
  additionalSecretOutputs: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
};

function resource(
  type: string,
  name: string,
  props: object,
  refers: Record<string, PolicyResource[]> = {},
): PolicyResource {
  const common = { opts, dependencies: [], isType: () => false, asType: () => undefined };
  const urn = `urn:pulumi:local::breakwater::${type}::${name}`;
  return { ...common, type, name, urn, props: { ...props }, propertyDependencies: refers };
}

/** What a rule reports about one resource. */
function check(
  { validateResource }: ResourceValidationPolicy,
  { type, name, urn, props }: PolicyResource,
): string[] {
  const reports: string[] = [];
  const rules = Array.isArray(validateResource) ? validateResource : [validateResource];
  const common = {
    opts,
    isType: () => false,
    asType: () => undefined,
    getConfig: <T extends object>() => ({}) as T,
  };
  const notApplicable = (): never => assert.fail("the rule declares itself not applicable");
  const args = { ...common, stackTags: new Map(), notApplicable, type, name, urn, props };
  for (const rule of rules) rule?.(args, (message) => reports.push(message));
  return reports;
}

describe("database-cluster-private-network", () => {
  const cluster = (props: object) => resource(types.databaseCluster, "db", props);

  test("accepts a cluster that names a VPC", () => {
    assert.deepEqual(check(databaseClusterPrivateNetwork, cluster({ privateNetworkUuid: "5a4981aa" })), []);
  });

  test("stops one that names none, and says how to mend it", () => {
    const [message, ...others] = check(databaseClusterPrivateNetwork, cluster({ engine: "pg" }));
    assert.match(message ?? "", /privateNetworkUuid/);
    assert.deepEqual(others, []);
  });

  test("leaves other resources alone", () => {
    assert.deepEqual(
      check(databaseClusterPrivateNetwork, resource("digitalocean:index/vpc:Vpc", "vpc", {})),
      [],
    );
  });
});

describe("database-firewall-narrow", () => {
  const sources = (...values: string[]) =>
    check(
      databaseFirewallNarrow,
      resource(types.databaseFirewall, "fw", { rules: values.map((value) => ({ type: "ip_addr", value })) }),
    );

  test("accepts a VPC's range and single addresses", () => {
    assert.deepEqual(sources("10.10.0.0/16", "10.0.0.0/24", "192.0.2.7"), []);
  });

  test("accepts other kinds of sources", () => {
    const rules = [
      { type: "tag", value: "api" },
      { type: "app", value: "0.0.0.0/0" },
    ];
    assert.deepEqual(check(databaseFirewallNarrow, resource(types.databaseFirewall, "fw", { rules })), []);
  });

  test("stops a firewall without rules, empty or absent", () => {
    for (const props of [{ rules: [] }, {}])
      assert.match(
        check(databaseFirewallNarrow, resource(types.databaseFirewall, "fw", props)).join(),
        /no rules/,
      );
  });

  test("stops every range wider than a VPC, and no narrower one", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        assert.equal(sources(`${address}/${prefix}`).length, prefix < 16 ? 1 : 0);
      }),
    );
  });

  test("stops what is no IPv4 address at all, naming its place", () => {
    for (const value of ["::/0", "example.com", "10.0.0.0/33", "300.1.1.1", ""])
      assert.match(sources("10.0.0.0/24", value).join(), /^rules\[1\]\.value/);
  });
});

describe("database-cluster-firewalled", () => {
  const cluster = resource(types.databaseCluster, "db", {});
  const stack = (...resources: PolicyResource[]) => {
    const reports: Array<string | undefined> = [];
    const args = { resources, stackTags: new Map(), getConfig: <T extends object>() => ({}) as T };
    const notApplicable = (): never => assert.fail("the rule declares itself not applicable");
    databaseClusterFirewalled.validateStack({ ...args, notApplicable }, (_message, urn) => reports.push(urn));
    return reports;
  };

  test("accepts a cluster that a firewall refers to, though its id is unknown", () => {
    assert.deepEqual(
      stack(cluster, resource(types.databaseFirewall, "fw", {}, { clusterId: [cluster] })),
      [],
    );
  });

  test("stops one that no firewall, or only another cluster's, refers to", () => {
    const other = resource(types.databaseCluster, "other", {});
    assert.deepEqual(stack(cluster), [cluster.urn]);
    assert.deepEqual(
      stack(cluster, other, resource(types.databaseFirewall, "fw", {}, { clusterId: [other] })),
      [cluster.urn],
    );
  });
});
