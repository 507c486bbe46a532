import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { connectPostgres } from "../../runbooks/restore-drill/connections/postgres.ts";
import { type Checkout, checkout, type Result } from "../e2e/checkout.ts";

interface Report {
  status: string;
  reasons: string[];
  measured: { rtoSeconds: number; rpoSeconds: number };
  objectives: Record<"rto" | "rpo", { met: boolean }>;
  checks: { name: string; outcome: string; numbers: Record<string, number> }[];
  contents: Record<string, { rows: number }>;
  evidence: {
    cleanUp?: Record<string, number>;
    orphansRemoved: string[];
    productionTrustedSources: unknown[];
  };
}

/** Drills as a user runs them, with everything that can go wrong with one. */
describe("npm run drill", () => {
  let it: Checkout;
  let client: Client;
  const drill = (...args: string[]) => it.npm("run", "--silent", "drill", "--", "--format", "json", ...args);
  const report = ({ stdout, output }: Result): Report => {
    assert.match(stdout, /^\{/, output);
    return JSON.parse(stdout);
  };
  const outcome = ({ checks }: Report, name: string) => checks.find((check) => check.name === name)?.outcome;
  /** A drill that ends early by itself, again when a busy machine's cloud did not answer in time. */
  async function following(): Promise<Result> {
    const early = () => drill("--at", "2020-01-01T00:00:00Z");
    const first = await early();
    return first.stdout.startsWith("{") ? first : early();
  }
  /** Clusters and apps of drills that are still there. */
  async function left(): Promise<string[]> {
    // A connection that lay idle may be gone just as it is used.
    const list = (path: string) => it.api("GET", path).catch(() => it.api("GET", path));
    const lists = await Promise.all([list("/v2/databases"), list("/v2/apps")]);
    return [...JSON.stringify(lists.map(({ body }) => body)).matchAll(/"name":"(drill-[^"]+)"/g)].map(
      ([, name = ""]) => name,
    );
  }
  const now = async () =>
    (await client.query<{ now: Date }>("select clock_timestamp() as now")).rows[0]?.now.toISOString() ?? "";

  before(async () => {
    it = await checkout({ BREAKWATER_SERVERS: "all" });
    const { code, output } = await it.npm("start");
    assert.equal(code, 0, output);
    const { stdout } = await it.pulumi("stack", "output", "--json", "--show-secrets", "--stack", "local");
    const { postgres } = JSON.parse(stdout);
    client = await connectPostgres({ uri: postgres.uri, ca: postgres.caCertificate });
    await client.query(
      "insert into account (email, password) select 'p' || n || '@example.com', 'x' from generate_series(1, 500) n",
    );
    await client.query(
      "insert into resume (account, name, type, size) select id, 'cv', 'pdf', 1 from account limit 100",
    );
  });
  after(async () => {
    await client?.end();
    await it?.remove();
  });

  test("what was deleted is restored, with the rows and checksums that were recorded", async () => {
    const recorded = await drill("--record");
    assert.equal(recorded.code, 0, recorded.output);
    const at = recorded.stdout.trim();
    await client.query("delete from account");
    const { code, stdout, output } = await drill("--at", at);
    const found = report({ code, stdout, output, stderr: "" });
    assert.equal(code, 0, output);
    assert.deepEqual([found.status, found.reasons], ["passed", []]);
    for (const name of ["rows and checksums", "schema", "full read", "indexes", "recovery point", "refusals"])
      assert.equal(outcome(found, name), "passed", name);
    assert.equal(found.contents["app.public.account"]?.rows, 500);
    assert.equal(found.contents["app.public.resume"]?.rows, 100);
    assert.ok(found.objectives.rto.met && found.objectives.rpo.met);
    assert.deepEqual(found.evidence.cleanUp, { cluster: 404, firewall: 404, app: 404 });
    assert.equal(
      new Set(found.evidence.productionTrustedSources.map((each) => JSON.stringify(each))).size,
      1,
    );
    assert.deepEqual(await left(), []);
  });

  test("a time before the oldest backup, and one that has not been, are refused with the reason", async () => {
    for (const [at, reason] of [
      ["2020-01-01T00:00:00Z", /older than the oldest backup/],
      [new Date(Date.now() + 3_600_000).toISOString(), /has not been yet/],
    ] as const) {
      const ended = await drill("--at", at);
      const found = report(ended);
      assert.equal(ended.code, 1);
      assert.equal(found.status, "failed");
      assert.match(found.reasons.join(), reason);
    }
    assert.deepEqual(await left(), []);
  });

  test("a copy that never becomes online is timed out, and taken away", async () => {
    const stall = { method: "POST", path: "/v2/databases", effect: { kind: "stall" }, times: 1 };
    assert.equal((await it.api("POST", "/_local/faults", stall)).status, 201);
    const ended = await drill("--at", await now(), "--patience", "0.4");
    const found = report(ended);
    assert.equal(ended.code, 1);
    assert.equal(found.status, "timed-out");
    assert.match(found.reasons.join(), /not done within 0.4 min; the copy's last status: (creating|forking)/);
    assert.equal(found.evidence.cleanUp?.cluster, 404);
    assert.deepEqual(await left(), []);
  });

  test("an interrupted drill takes its copy away; a killed one leaves it to the next", async () => {
    const at = await now();
    const begun = it.begin("run", "--silent", "drill", "--", "--format", "json", "--at", at);
    while ((await left()).length === 0) await delay(100);
    begun.signal("SIGINT");
    const interrupted = await begun.result;
    assert.notEqual(interrupted.code, 0);
    assert.match(interrupted.output, /"status": "aborted"/);
    assert.deepEqual(await left(), []);

    const killed = it.begin("run", "--silent", "drill", "--", "--at", at);
    while ((await left()).length === 0) await delay(100);
    killed.signal("SIGKILL");
    await killed.result;
    const [orphan] = await left();
    assert.ok(orphan);
    const next = report(await following());
    assert.ok(next.evidence.orphansRemoved.some((name) => name.endsWith(orphan)));
    assert.deepEqual(await left(), []);
  });

  test("without servers there is one line about it, and nothing is made", async () => {
    await client.end();
    await it.npm("stop");
    it.env.BREAKWATER_SERVERS = "none";
    const { code, stderr } = await drill();
    assert.equal(code, 1);
    assert.match(stderr, /^breakwater: no server stands behind breakwater-local-pg/m);
    assert.ok(readFileSync(join(it.home, "cloud", "cloud.json")).length > 0);
  });
});
