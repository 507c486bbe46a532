import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { appSizes, isDedicated, memoryGib, postgresSizes, usableConnections } from "./catalog.ts";
import { overlaps, trustedSourceProblem, vpcRangeProblem } from "./cidr.ts";
import { nodeCountProblem } from "./database-rules.ts";
import { nameProblem } from "./names.ts";
import { postgresOffer } from "./postgres-rules.ts";

const byte = fc.integer({ min: 0, max: 255 });
/** An aligned range of any size, as text, with its bits. */
const range = fc
  .record({ address: fc.integer({ min: 0, max: 2 ** 32 - 1 }), prefix: fc.integer({ min: 1, max: 32 }) })
  .map(({ address, prefix }) => {
    const first = address - (address % 2 ** (32 - prefix));
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
    return { text: `${octets.join(".")}/${prefix}`, first, size: 2 ** (32 - prefix), prefix };
  });

test("ranges overlap exactly when they share an address", () => {
  fc.assert(
    fc.property(range, range, (a, b) => {
      const shared = Math.max(a.first, b.first) < Math.min(a.first + a.size, b.first + b.size);
      assert.equal(overlaps(a.text, b.text), shared);
      assert.equal(overlaps(b.text, a.text), shared);
    }),
  );
});

test("a VPC's range is private, /16 to /24, starts at its first address, and keeps clear of what is reserved", () => {
  const reserved = ["10.229.0.0/16", "10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24"];
  fc.assert(
    fc.property(byte, byte, fc.integer({ min: 8, max: 30 }), (second, third, prefix) => {
      const text = `10.${second}.${third}.0/${prefix}`;
      const aligned = (second * 65_536 + third * 256) % 2 ** (32 - prefix) === 0;
      const good = prefix >= 16 && prefix <= 24 && aligned && !reserved.some((r) => overlaps(r, text));
      assert.equal(vpcRangeProblem(text) === undefined, good, text);
    }),
  );
  fc.assert(
    fc.property(range, ({ text, first }) => {
      const octets = [24, 16].map((shift) => Math.floor(first / 2 ** shift) % 256);
      const [a = 0, b = 0] = octets;
      const home = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
      if (!home) assert.notEqual(vpcRangeProblem(text), undefined, text);
    }),
  );
  assert.match(vpcRangeProblem("10.10.0.0/20", "nyc1") ?? "", /10\.10\.0\.0\/16/);
  assert.equal(vpcRangeProblem("10.10.0.0/20", "fra1"), undefined);
  for (const text of ["", "10.0.0.0", "10.0.0/20", "10.0.0.256/20", "10.0.0.0/33", "::/20", "10.0.0.0/20 "])
    assert.notEqual(vpcRangeProblem(text), undefined, text);
});

test("nobody trusts more than a VPC's worth of private or 256 public addresses", () => {
  fc.assert(
    fc.property(range, ({ text, prefix }) => {
      if (prefix < 16) assert.notEqual(trustedSourceProblem(text), undefined, text);
      if (prefix >= 24) assert.equal(trustedSourceProblem(text), undefined, text);
    }),
  );
  assert.equal(trustedSourceProblem("203.0.113.7"), undefined);
  assert.equal(trustedSourceProblem("10.100.0.0/20"), undefined);
  assert.match(trustedSourceProblem("203.0.112.0/20") ?? "", /wider than \/24/);
  assert.match(trustedSourceProblem("0.0.0.0/0") ?? "", /open to strangers/);
  assert.match(trustedSourceProblem("example.com") ?? "", /IPv4 address or range/);
});

test("a name that is accepted fits its limit, and an unknown type has none", () => {
  const limits = {
    "digitalocean:index/app:App": 32,
    "digitalocean:index/databaseCluster:DatabaseCluster": 63,
    "digitalocean:index/databaseUser:DatabaseUser": 63,
    "digitalocean:index/vpc:Vpc": 255,
  };
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.entries(limits)),
      fc.stringMatching(/^[a-z][a-z0-9-]{0,300}$/),
      ([type, max], name) => {
        if (name.length > max) assert.notEqual(nameProblem(type, name), undefined);
        else if (name.length > 1 && !name.endsWith("-")) assert.equal(nameProblem(type, name), undefined);
      },
    ),
  );
  assert.match(nameProblem("digitalocean:index/app:App", "Api") ?? "", /lower-case/);
  assert.throws(() => nameProblem("digitalocean:index/unheard:Of", "a"), /no rule for names of .*unheard/);
});

test("what follows from a plan agrees with DigitalOcean's tables", () => {
  const connections = { 1: 22, 2: 47, 4: 97, 8: 197, 16: 397, 32: 797, 64: 997 };
  for (const [memory, usable] of Object.entries(connections))
    assert.equal(usableConnections(`db-s-1vcpu-${memory}gb`), usable);
  for (const size of postgresSizes) {
    assert.ok(memoryGib(size) >= 1, size);
    assert.equal(nodeCountProblem(postgresOffer, size, 2) === undefined, !size.endsWith("-1gb"), size);
  }
  assert.deepEqual(
    appSizes.filter((size) => isDedicated(size)),
    appSizes.filter((size) => size.includes("-d-")),
  );
});
