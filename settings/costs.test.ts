import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { appSizes } from "../components/catalog.ts";
import { parse } from "../settings.ts";
import { costLines, totalOf } from "./costs.ts";
import { loopback, runProgram } from "./testing.ts";

const image = { repository: "product-api", tag: "v1" };

const sshKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEa1y8X95gH3QpGE58UNyty6JUntex7xobuCZKlztX3B nobody"];

/** Settings that can be used, as far as they have a price. */
const stack = fc.record(
  {
    profile: fc.constantFrom("lean", "ha"),
    postgres: fc.record(
      {
        size: fc.constantFrom("db-s-1vcpu-2gb", "db-s-2vcpu-4gb", "gd-2vcpu-8gb"),
        nodeCount: fc.integer({ min: 1, max: 3 }),
        storageMib: fc.integer({ min: 1, max: 200 }).map((gib) => gib * 1024),
        pools: fc.constant([]),
      },
      { requiredKeys: ["size", "pools"] },
    ),
    app: fc.oneof(
      fc.record({ instances: fc.integer({ min: 1, max: 9 }), instanceSize: fc.constantFrom(...appSizes) }),
      fc.constant({ autoscale: { min: 1, max: 9 }, instanceSize: "apps-d-1vcpu-1gb" }),
      fc.constant({}),
    ),
    mongo: fc.record({ provision: fc.constantFrom("managed", "none"), nodeCount: fc.constantFrom(1, 3) }),
    cache: fc.constantFrom({ provision: "none" }, { size: "db-s-1vcpu-2gb", nodeCount: 2 }),
    documents: fc.record({ enabled: fc.boolean() }),
    assets: fc.record({ enabled: fc.boolean() }),
    monitoring: fc.record({ enabled: fc.boolean() }),
    loadBalancer: fc.record({ nodes: fc.integer({ min: 1, max: 5 }) }),
    droplets: fc.constantFrom(
      { sshKeys },
      { sshKeys, autoscale: { min: 2, max: 8 } },
      { sshKeys, instances: 3, size: "s-4vcpu-8gb" },
    ),
  },
  { requiredKeys: ["droplets"] },
);
const compute = fc.constantFrom({}, { compute: "droplets", domain: { name: "example.com" } });

test("settings cost what the components of the program say that they cost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("local", "prod"), stack, compute, async (environment, given, on) => {
      const config = {
        environment,
        ...given,
        ...on,
        ...(environment === "prod" && { rehearsal: true, app: { ...given.app, image } }),
      };
      const { settings, problems } = parse({ config, apiEndpoint: loopback });
      if (!settings) return assert.deepEqual(problems, [], "the settings can't be used");
      assert.deepEqual((await runProgram(config)).result.monthlyCost, totalOf(costLines(settings)));
    }),
    { numRuns: 15 },
  );
});

test("a budget is exceeded exactly when the settings can cost more, and the dearest lines are named", () => {
  fc.assert(
    fc.property(stack, fc.integer({ min: 1, max: 1500 }), (given, budget) => {
      const { settings } = parse({ config: { environment: "local", ...given }, apiEndpoint: loopback });
      assert.ok(settings);
      const { atMostUsd } = totalOf(costLines(settings));
      const held = parse({ config: { environment: "local", ...given, budget }, apiEndpoint: loopback });
      const named = held.problems?.map(({ path }) => path) ?? [];
      assert.deepEqual(named, atMostUsd > budget ? ["breakwater:budget"] : []);
    }),
  );
  const { problems } = parse({
    config: { environment: "local", profile: "ha", budget: 100, region: "mars1" },
    apiEndpoint: loopback,
  });
  const problem = problems?.find(({ path }) => path === "breakwater:budget");
  assert.match(
    problem?.allowed ?? "",
    /^must be at least [\d.]+, .* dearest: postgres 121\.8 \(2 x PostgreSQL node db-s-2vcpu-4gb\), mongo 90 .*, api 68/,
  );
  assert.equal(problems?.length, 2, "the budget is judged beside other problems");
});
