import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { appSizes } from "../components/catalog.ts";
import { record } from "../components/testing.ts";
import { parse } from "../settings.ts";
import { costLines, totalOf } from "./costs.ts";

const answers = {
  calls: { "digitalocean:index/getDatabaseCa:getDatabaseCa": { certificate: "-----BEGIN" } },
  state: {},
};
const loopback = "http://127.0.0.1:7480";
const image = { repository: "product-api", tag: "v1" };

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
  },
  { requiredKeys: [] },
);

let run = 0;
/** The `monthlyCost` of the whole program with these settings: what its components say. */
async function programCost(config: Record<string, unknown>) {
  const keyed = Object.entries(config).map(([key, value]) => [
    `breakwater:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  run += 1;
  const fresh = `../index.ts?cost=${run}`;
  const { result } = await record(async () => {
    pulumi.runtime.setAllConfig({ ...Object.fromEntries(keyed), "digitalocean:apiEndpoint": loopback });
    return (await import(fresh)) as typeof import("../index.ts");
  }, answers);
  return result.monthlyCost;
}

test("settings cost what the components of the program say that they cost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("local", "prod"), stack, async (environment, given) => {
      const config = {
        environment,
        ...given,
        ...(environment === "prod" && { rehearsal: true, app: { ...given.app, image } }),
      };
      const { settings, problems } = parse({ config, apiEndpoint: loopback });
      if (!settings) return assert.deepEqual(problems, [], "the settings can't be used");
      assert.deepEqual(await programCost(config), totalOf(costLines(settings)));
    }),
    { numRuns: 25 },
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
    /^must be at least [\d.]+, .* dearest: postgres 121\.8 \(2 x PostgreSQL node db-s-2vcpu-4gb\), api 68/,
  );
  assert.equal(problems?.length, 2, "the budget is judged beside other problems");
});
