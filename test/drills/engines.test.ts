import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { MongoClient } from "mongodb";
import type { Client } from "pg";
import { connectMongo } from "../../runbooks/restore-drill/connections/mongo.ts";
import { connectPostgres } from "../../runbooks/restore-drill/connections/postgres.ts";
import { type Checkout, checkout } from "../e2e/checkout.ts";

interface Report {
  status: string;
  reasons: string[];
  checks: { name: string; outcome: string; numbers: Record<string, number> }[];
  contents: Record<string, { rows: number }>;
  recoveryPoint: { target: string; dumps?: { startedAt: string }[] };
  measured: { rpoSeconds: number; parts: Record<string, number> };
  evidence: { copy: { name: string; clusterId: string }; cleanUp?: Record<string, number> };
}

/** Drills of both engines, from backups and from dumps, in their order on one stack: each ends with everything passed. */
describe("npm run drill of every engine", () => {
  let it: Checkout;
  let pg: Client;
  let mongo: MongoClient;
  let secrets: string[];
  const gone = { cluster: 404, firewall: 404, app: 404 };

  before(async () => {
    it = await checkout({ BREAKWATER_SERVERS: "all" });
    const { code, output } = await it.npm("start");
    assert.equal(code, 0, output);
    const { stdout } = await it.pulumi("stack", "output", "--json", "--show-secrets", "--stack", "local");
    const outputs = JSON.parse(stdout);
    const at = (section: "postgres" | "mongo") => ({
      uri: outputs[section].uri,
      ca: outputs[section].caCertificate,
    });
    [pg, mongo] = await Promise.all([connectPostgres(at("postgres")), connectMongo(at("mongo"))]);
    secrets = [outputs.postgres.uri, outputs.mongo.uri, ...Object.values<string>(outputs.recovery.canaryUris)]
      .map((uri) => new URL(uri).password)
      .concat(outputs.dumps.secretAccessKey);
  });
  after(async () => {
    await Promise.all([pg?.end(), mongo?.close()]);
    await it?.remove();
  });

  const drill = (...args: string[]) => it.npm("run", "--silent", "drill", "--", ...args);
  async function passes(...args: string[]): Promise<Report> {
    const { code, stdout, output } = await drill("--format", "json", ...args);
    assert.match(stdout, /^\{/, output);
    const report: Report = JSON.parse(stdout);
    assert.deepEqual([report.status, report.reasons, code], ["passed", [], 0], output);
    for (const secret of secrets) assert.ok(!output.includes(secret), "a secret is told");
    return report;
  }
  async function prints(...args: string[]): Promise<string> {
    const { code, stdout, output } = await drill(...args);
    assert.equal(code, 0, output);
    return stdout.trim();
  }
  const numbers = ({ checks }: Report, name: string) => checks.find((check) => check.name === name)?.numbers;

  test("of MongoDB just after the start: a backup that has the canary is made first", async () => {
    const report = await passes("--engine", "mongodb");
    assert.deepEqual(report.evidence.cleanUp, gone);
  });

  test("of MongoDB, with a time before a deletion", async () => {
    const letters = mongo.db().collection<{ _id: number; text: string }>("letters");
    await letters.insertMany(Array.from({ length: 700 }, (_, n) => ({ _id: n, text: `letter ${n}` })));
    const at = await prints("--engine", "mongodb", "--record");
    await letters.deleteMany({});
    const report = await passes("--engine", "mongodb", "--at", at);
    assert.equal(report.contents["app.letters"]?.rows, 700);
    assert.ok((numbers(report, "rows and checksums")?.equal ?? 0) >= 1);
    await letters.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: n, text: `letter ${n}` })));
  });

  test("from a dump of MongoDB, and of PostgreSQL", async () => {
    await pg.query(
      "insert into account (email, password) select 'p' || n || '@example.com', 'x' from generate_series(1, 500) n",
    );
    for (const [engine, name, rows] of [
      ["mongodb", "app.letters", 300],
      ["pg", "app.public.account", 500],
    ] as const) {
      const startedAt = await prints("--engine", engine, "--dump");
      const report = await passes("--engine", engine, "--from", "dump");
      assert.equal(report.recoveryPoint.target, startedAt);
      assert.deepEqual(
        report.recoveryPoint.dumps?.map((dump) => dump.startedAt),
        [startedAt],
      );
      assert.equal(report.contents[name]?.rows, rows);
      assert.equal(numbers(report, "restored from the dump")?.databases, 1);
      assert.ok(report.measured.rpoSeconds > 0 && (report.measured.parts.loading ?? 0) > 0);
      assert.deepEqual(report.evidence.cleanUp, gone);
    }
  });

  test("from a dump that nobody can open there is one line, and nothing is made", async () => {
    const another = "AGE-SECRET-KEY-1PVZJAAYQ2DLRX8H2DUK5MTWHW3SNDPFKQHUXGH9AGYDFJC2L0GPQNDXU4H";
    it.env.DUMPS_IDENTITY = another;
    const { code, output } = await drill("--from", "dump");
    delete it.env.DUMPS_IDENTITY;
    assert.equal(code, 1);
    assert.match(output, /^breakwater: the identity opens none of stack local's dumps/m);
    assert.ok(!output.includes(another));
  });

  test("what was written and written back is no difference; checked from here, and kept", async () => {
    await prints("--record");
    await pg.query("update account set password = 'y'");
    const { rows } = await pg.query<{ now: Date }>("select clock_timestamp() as now");
    const at = rows[0]?.now.toISOString() ?? "";
    await pg.query("update account set password = 'x'");
    const report = await passes("--at", at, "--from-here", "--keep");
    assert.equal(numbers(report, "rows and checksums")?.changing, 1);
    const { name, clusterId } = report.evidence.copy;
    assert.match(name, /^kept-/);
    assert.deepEqual(report.evidence.cleanUp, {});
    const { body } = await it.api("GET", `/v2/databases/${clusterId}`);
    assert.match(JSON.stringify(body), new RegExp(`"name":"${name}"`));
    assert.equal((await it.api("DELETE", `/v2/databases/${clusterId}`)).status, 204);
  });

  test("what passed stands in the evidence that policies read", () => {
    const { passed } = JSON.parse(
      readFileSync(join(it.home, "drill-reports", "local", "evidence.json"), "utf8"),
    );
    assert.deepEqual(
      passed.map(({ engine, from }: { engine: string; from: string }) => `${engine} ${from}`),
      ["mongodb backup", "mongodb dump", "pg backup", "pg dump"],
    );
  });
});
