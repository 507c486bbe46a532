import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { appSizes, postgresSizes } from "./catalog.ts";
import {
  appPlatformCosts,
  atMostUsd,
  bucketCosts,
  type CostLine,
  cacheCosts,
  costsOf,
  dropletFleetCosts,
  loadBalancerCosts,
  mongoCosts,
  monitoringCosts,
  postgresCosts,
  priceOf,
  totalOf,
} from "./costs.ts";
import { prices, pricesOf } from "./prices.ts";

const counts = { nodeCount: fc.integer({ min: 1, max: 3 }) };
const bounds = fc
  .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }))
  .map(([min, more]) => ({ min, max: min + more }));
const scaling = fc.oneof(
  fc.record({ instances: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ autoscale: bounds }),
);
const cluster = fc.record({ size: fc.constantFrom(...postgresSizes), ...counts });

/** The lines of one component with any arguments. */
const lines: fc.Arbitrary<CostLine[]> = fc
  .oneof(
    fc
      .tuple(fc.constantFrom(...appSizes), scaling)
      .map(([instanceSize, by]) => appPlatformCosts({ instanceSize, ...by })),
    fc
      .tuple(fc.constantFrom("s-1vcpu-1gb", "c-2"), scaling, fc.boolean())
      .map(([size, by, natGateway]) => dropletFleetCosts({ size, natGateway, ...by })),
    cluster.map(postgresCosts),
    cluster.map(mongoCosts),
    cluster.map(cacheCosts),
    fc.constant(bucketCosts()),
    fc.integer({ min: 1, max: 5 }).map((nodes) => loadBalancerCosts({ nodes })),
    fc.integer({ min: 0, max: 5 }).map((uptimeChecks) => monitoringCosts({ uptimeChecks })),
  )
  .chain((all) => fc.stringMatching(/^[a-z]{3,8}$/).map((name) => costsOf(name, all)));
const bill = fc.array(lines, { maxLength: 8 }).map((all) => all.flat());

test("a line is its price times its quantity, and what has no price is never 0", () => {
  fc.assert(
    fc.property(lines, (all) => {
      for (const line of all) {
        const price = priceOf(line);
        assert.equal(line.unitUsd, price?.usd);
        if (!price) assert.equal(line.monthlyUsd, undefined);
        else assert.equal(line.monthlyUsd?.toFixed(2), (price.usd * line.quantity).toFixed(2));
        assert.ok(line.quantity > 0);
        assert.ok((line.most ?? line.quantity) >= line.quantity);
      }
    }),
  );
});

test("a total is the sum of its lines, but what the account pays once is in it once", () => {
  fc.assert(
    fc.property(bill, (all) => {
      const { usd, atMostUsd: most, unpriced } = totalOf(all);
      const own = all.filter(({ shared }) => !shared);
      const sum = (of: (line: CostLine) => number | undefined) =>
        own.reduce((total, line) => total + (of(line) ?? 0), all.length > own.length ? 5 : 0);
      assert.equal(usd.toFixed(2), sum(({ monthlyUsd }) => monthlyUsd).toFixed(2));
      assert.equal(most.toFixed(2), sum(atMostUsd).toFixed(2));
      assert.ok(most >= usd);
      const without = all.filter((line) => priceOf(line) === undefined).map(({ what }) => what);
      assert.deepEqual(unpriced, [...new Set(without)]);
    }),
  );
});

test("automatic scaling costs its smallest at least and its largest at most", () => {
  const [line] = costsOf(
    "api",
    appPlatformCosts({ instanceSize: "apps-d-1vcpu-1gb", autoscale: { min: 2, max: 6 } }),
  );
  assert.ok(line);
  assert.deepEqual([line.monthlyUsd, atMostUsd(line)], [68, 204]);
});

test("disk beyond the plan's is paid for on each node; of a plan whose disk is not known it has no price", () => {
  const of = (size: string, storageMib: number) =>
    totalOf(costsOf("postgres", postgresCosts({ size, nodeCount: 2, storageMib })));
  assert.deepEqual(of("db-s-2vcpu-4gb", 38 * 1024), { usd: 121.8, atMostUsd: 121.8, unpriced: [] });
  assert.equal(of("db-s-2vcpu-4gb", 138 * 1024).usd, 164.8);
  assert.equal(of("gd-2vcpu-8gb", 1024).unpriced.length, 2);
});

test("every price says where it is from, and when it was read", () => {
  assert.ok(prices.size > 30);
  for (const [what, { usd, source }] of prices) {
    assert.ok(usd > 0, what);
    assert.ok(source.name.length > 10, what);
    assert.match(source.date, /^20\d\d(-\d\d){0,2}$/, what);
    assert.ok(source.date <= pricesOf, what);
  }
});

test("every plan of a container has a price; of larger databases none is known", () => {
  for (const size of appSizes) assert.ok(prices.has(`app container ${size}`), size);
  const priced = postgresSizes.filter((size) => prices.has(`PostgreSQL node ${size}`));
  assert.deepEqual(priced, ["db-s-1vcpu-1gb", "db-s-1vcpu-2gb", "db-s-2vcpu-4gb"]);
});
