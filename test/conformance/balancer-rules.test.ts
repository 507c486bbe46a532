import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LoadBalancerInput } from "../../local/api/load-balancers/input.ts";
import { refuseBrokenRules } from "../../local/api/load-balancers/rules.ts";
import { check, properties } from "../../local/plugins/digitalocean/load-balancer.ts";
import { checkInputs } from "../../local/plugins/provider/check.ts";

/** One of the good values, now and then a bad one. */
const mostly = <T>(good: readonly T[], bad: readonly T[]) =>
  fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
const port = mostly([1, 80, 443, 8080, 65_535], [0, 65_536]);
const web = fc.record({
  entryProtocol: mostly(["http"], ["http3", "ftp", "udp"]),
  entryPort: port,
  targetProtocol: mostly(["http", "https", "http2"], ["http3", "tcp"]),
  targetPort: port,
});
const plain = fc.record({
  entryProtocol: mostly(["tcp"], ["udp"]),
  entryPort: port,
  targetProtocol: mostly(["tcp"], ["udp", "http"]),
  targetPort: port,
});

/** What a program may write of a balancer: mostly sensible. */
const program = fc.record(
  {
    name: fc.constant("front"),
    region: fc.constantFrom("fra1", "FRA1"),
    type: mostly(["REGIONAL", "regional"], ["REGIONAL_NETWORK", "LOCAL"]),
    sizeUnit: mostly([1, 200], [201]),
    forwardingRules: fc.array(fc.oneof(web, plain), { minLength: 1, maxLength: 2 }),
    healthcheck: fc.record({
      protocol: mostly(["http", "https"], ["tcp", "udp"]),
      port,
      path: fc.constantFrom("/", "/healthz"),
      healthyThreshold: mostly([2, 10], [1, 11]),
      checkIntervalSeconds: mostly([3, 300], [2, 301]),
    }),
    stickySessions: fc.record({
      type: mostly(["cookies"], ["none", "address"]),
      cookieName: mostly(["LB"], ["x", "c".repeat(41)]),
      cookieTtlSeconds: fc.constantFrom(1, 300),
    }),
    dropletTag: mostly(["web"], ["not a tag"]),
  },
  { requiredKeys: ["name", "region", "forwardingRules"] },
);

type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

const refusedByProvider = (inputs: Program): string[] => {
  const values = JSON.parse(JSON.stringify(inputs));
  return [...checkInputs(properties, {}, values).failures, ...check(values)].map(
    ({ property, reason }) => `${property}: ${reason}`,
  );
};

const snake = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== "object" || value === null) return value;
  const named = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [named(name), snake(part)]));
};

function refusedByCloud({ healthcheck, dropletTag, ...rest }: Program): boolean {
  const body = snake({ ...rest, healthCheck: healthcheck, tag: dropletTag });
  const input = LoadBalancerInput.safeParse(body);
  if (!input.success) return true;
  try {
    refuseBrokenRules(input.data);
    return false;
  } catch {
    return true;
  }
}

test("what the provider refuses of a balancer in a preview, the cloud would refuse too", () => {
  let refused = 0;
  let accepted = 0;
  fc.assert(
    fc.property(program, (inputs) => {
      const reasons = refusedByProvider(inputs);
      if (reasons.length > 0) {
        refused++;
        assert.ok(refusedByCloud(inputs), reasons.join("; "));
      } else if (!refusedByCloud(inputs)) accepted++;
    }),
    { numRuns: 2000 },
  );
  assert.ok(refused > 100 && accepted > 10, `${refused} refused, ${accepted} accepted`);
});
