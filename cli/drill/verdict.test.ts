import assert from "node:assert/strict";
import { test } from "node:test";
import type { Result } from "../../runbooks/restore-drill/checks/result.ts";
import { choose } from "./point.ts";
import { judge, measure, type Seen } from "./verdict.ts";

type Check = Result["checks"][number];
const check = (name: string, outcome: Check["outcome"] = "passed", why?: string): Check => ({
  name,
  outcome,
  why,
  numbers: {},
  seconds: 0,
});
const at = (time: string) => `2026-11-24T${time}Z`;
const sources = [{ type: "ip_addr", value: "10.0.0.0/20" }];

const result: Result = {
  id: "x",
  engine: "pg",
  startedAt: at("10:06:00"),
  reachedAt: at("10:06:50"),
  firstQueryAt: at("10:07:00"),
  recoveredAt: at("10:07:01"),
  finishedAt: at("10:10:00"),
  canary: { periodSeconds: 10, newest: at("09:59:55"), newestAtSource: at("10:06:00"), lost: 37 },
  checks: [check("recovery point"), check("full read"), check("schema", "not tested", "unrecorded")],
  contents: {},
};
const seen: Seen = {
  decidedAt: at("10:00:00"),
  objectives: { rtoMinutes: 15, rpoMinutes: 1 },
  canaryPeriodSeconds: 10,
  point: choose([{ createdAt: at("02:00:00"), gib: 1 }], at("09:59:58"), new Date(at("10:00:00"))),
  progress: {
    clusterId: "c",
    status: "online",
    orderedAt: at("10:00:20"),
    onlineAt: at("10:05:00"),
    closedAt: at("10:05:10"),
  },
  result,
  kept: false,
  cleanUp: { cluster: 404, firewall: 404, app: 404 },
  trusted: [sources, sources, sources],
};

test("RTO and RPO, with their parts", () => {
  assert.deepEqual(measure(seen), {
    rtoSeconds: 600,
    firstQuerySeconds: 420,
    parts: { asking: 20, restore: 280, closing: 10, reaching: 100, loading: 10, recovery: 1, checks: 179 },
    rpoSeconds: 3,
    beforeTargetSeconds: 3,
    ticksLost: 37,
  });
  const { status, objectives } = judge(seen);
  assert.equal(status, "passed");
  assert.deepEqual(objectives.rto, { minutes: 15, met: true, marginMinutes: 5 });
  assert.deepEqual(objectives.rpo, { minutes: 1, met: true, marginMinutes: 0.95 });
});

const cases: Record<string, [change: Partial<Seen>, status: string, reason: RegExp]> = {
  "a failed check": [
    { result: { ...result, checks: [...result.checks, check("indexes", "failed", "leads to 1 of 2")] } },
    "failed",
    /indexes: leads to 1 of 2/,
  ],
  "an objective that was missed": [
    { objectives: { rtoMinutes: 9, rpoMinutes: 1 } },
    "failed",
    /RTO missed by 1 min/,
  ],
  "production's trusted sources changed": [
    { trusted: [sources, [], sources] },
    "failed",
    /production's trusted sources/,
  ],
  "a copy that is still there": [
    { cleanUp: { cluster: 200, firewall: 200 } },
    "failed",
    /not proven to be gone/,
  ],
  "a copy of which nothing is known": [{ cleanUp: undefined }, "failed", /not proven to be gone/],
  "no canary": [
    {
      result: { ...result, canary: undefined, checks: [check("recovery point", "not tested", "no canary")] },
    },
    "undecided",
    /recovery point: no canary/,
  ],
  "a backup that is older than the canary": [
    {
      result: { ...result, checks: [check("recovery point", "not tested", "no tick")] },
      noTick: "drill again after the next backup",
    },
    "undecided",
    /no tick\ndrill again after the next backup/,
  ],
  "a difference that may be none": [
    {
      result: {
        ...result,
        checks: [{ ...check("rows and checksums", "not tested", "t has 1 rows"), numbers: { doubtful: 1 } }],
      },
    },
    "undecided",
    /rows and checksums: t has 1 rows/,
  ],
  "no result": [{ result: undefined }, "undecided", /no result/],
  "time that ran out": [
    { result: undefined, end: { status: "timed-out", why: "it was not done within 5 min" } },
    "timed-out",
    /within 5 min/,
  ],
};
for (const [what, [change, status, reason]] of Object.entries(cases))
  test(`${what}: ${status}`, () => {
    const verdict = judge({ ...seen, ...change });
    assert.equal(verdict.status, status);
    assert.match(verdict.reasons.join("\n"), reason);
  });

test("a copy that is kept need not be gone", () => {
  assert.equal(judge({ ...seen, kept: true, cleanUp: undefined }).status, "passed");
});
