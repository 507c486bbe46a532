import assert from "node:assert/strict";
import { test } from "node:test";
import { prices, pricesOf } from "../components/prices.ts";
import * as policies from "../policies/prices.ts";

/** Policies stand alone, so they have a table of their own: it says what that of the components says. */

/** What each kind of a policy's price is called in the components' table. */
const names: Record<string, string> = {
  app: "app container",
  droplet: "droplet",
  pg: "PostgreSQL node",
  mongodb: "MongoDB node",
  valkey: "Valkey node",
};

test("a budget counts with the prices that a cost report shows", () => {
  const ofPolicies = Object.entries(policies.prices).flatMap(([kind, plans]) =>
    Object.entries(plans).map(([plan, usd]): [string, number] => [`${names[kind]} ${plan}`, usd]),
  );
  const ofComponents = [...prices].map(([what, { usd }]): [string, number] => [what, usd]);
  const others = [
    "database disk beyond the plan's, GiB",
    "load balancer node",
    "Spaces subscription of the account",
  ];
  assert.deepEqual(
    Object.fromEntries(ofPolicies),
    Object.fromEntries(ofComponents.filter(([what]) => !others.includes(what))),
  );
  assert.equal(policies.loadBalancerNode, prices.get("load balancer node")?.usd);
  assert.equal(policies.spaces, prices.get("Spaces subscription of the account")?.usd);
  assert.equal(policies.pricesOf, pricesOf);
});
