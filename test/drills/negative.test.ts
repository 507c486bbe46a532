import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { MongoClient } from "mongodb";
import type { Client } from "pg";
import { until } from "../../local/dataplane/testing.ts";
import { connectPostgres } from "../../runbooks/restore-drill/connections/postgres.ts";
import { CANARY } from "../../runbooks/restore-drill/worker/canary.ts";
import { type Checkout, checkout } from "../e2e/checkout.ts";
import { cutShort, Stored, scribble, takeAway } from "./stored.ts";

type Outputs = Record<"clusterId" | "database" | "uri" | "caCertificate", string>;

/**
 * Drills of backups that can't be restored, or not to what was there: each must fail and say why, and leave nothing. The servers are
 * real and the damage is on their disk. What needs no damage is in drill.test.ts: refused times, a copy that never comes, kill -9.
 */
describe("a drill fails, says why, and takes its copy away", { concurrency: 2 }, () => {
  let it: Checkout;
  let client: Client;
  let documents: MongoClient;
  let pg: Stored;
  let mongo: Stored;
  let postgres: Outputs;
  let mongodb: Outputs;
  /** A drill that fails for a reason, and of which nothing is left. */
  async function fails({ clusterId }: Outputs, reason: RegExp, ...args: string[]): Promise<void> {
    const command = ["run", "--silent", "drill", "--", "--format", "json", ...args];
    const { code, stdout, output } = await it.npm(...command);
    assert.match(stdout, /^\{/, output);
    const { status, reasons, evidence } = JSON.parse(stdout);
    assert.equal(status, "failed", output);
    assert.match(reasons.join("\n"), reason);
    assert.notEqual(code, 0);
    const { app = 404, ...cleanUp } = evidence.cleanUp;
    assert.deepEqual({ app, ...cleanUp }, { cluster: 404, firewall: 404, app: 404 });
    const lists = await Promise.all([it.api("GET", "/v2/databases"), it.api("GET", "/v2/apps")]);
    assert.ok(!JSON.stringify(lists).includes(`"drill-${clusterId.slice(0, 8)}`));
  }
  async function backUp(clusterId: string): Promise<void> {
    assert.equal((await it.api("POST", `/_local/databases/${clusterId}/backups`)).status, 201);
  }
  /** Records what a cluster holds now. Returns when that was. */
  async function record(engine: string): Promise<string> {
    const recorded = await it.npm("run", "--silent", "drill", "--", "--record", "--engine", engine);
    assert.equal(recorded.code, 0, recorded.output);
    return recorded.stdout.trim();
  }
  const now = async () =>
    (await client.query<{ now: Date }>("select clock_timestamp() as now")).rows[0]?.now.toISOString() ?? "";

  before(async () => {
    it = await checkout({ BREAKWATER_SERVERS: "all" });
    const { code, output } = await it.npm("start");
    assert.equal(code, 0, output);
    const outputs = await it.pulumi("stack", "output", "--json", "--show-secrets", "--stack", "local");
    const { recovery, ...clusters } = JSON.parse(outputs.stdout);
    ({ postgres, mongo: mongodb } = clusters);
    pg = new Stored(it.home, postgres.clusterId);
    mongo = new Stored(it.home, mongodb.clusterId, "postgres");
    client = await connectPostgres({ uri: postgres.uri, ca: postgres.caCertificate });
    await client.query(
      "create table ledger as select n as id, 'entry ' || n as note from generate_series(1, 2000) n",
    );
    await client.query("alter table ledger add primary key (id)");
    // So that nothing in the log repairs a page that was damaged in a backup.
    await client.query("vacuum (freeze) ledger");
    documents = await MongoClient.connect(mongodb.uri, { ca: mongodb.caCertificate });
    await documents
      .db(mongodb.database)
      .collection("ledger")
      .insertMany(Array.from({ length: 500 }, (_, n) => ({ n, note: `entry ${n}`.repeat(8) })));
    // A drill has another backup made of a cluster whose newest is older than the canary's first period.
    const ticking = Number(recovery.canaryPeriodSeconds) * 1000;
    await until(async () => {
      const { body } = await it.api("GET", `/v2/apps/${recovery.appId}`);
      const { app } = body as { app: { active_deployment: { updated_at: string } } };
      const listed = 1000; // backups are listed by whole seconds
      return Date.parse(app.active_deployment.updated_at) + ticking + listed < Date.now();
    });
  });
  after(async () => {
    await client?.end();
    await documents?.close();
    await it?.remove();
  });

  describe("of PostgreSQL", { concurrency: 1 }, () => {
    const failsHere = (reason: RegExp, ...args: string[]) => fails(postgres, reason, ...args);
    /** The moment of a recording after the newest backup: what was there then is known, whoever writes later. */
    let recordedAt = "";

    before(async () => {
      await backUp(postgres.clusterId);
      recordedAt = await record("pg");
    });

    test("of a damaged page, which a first query passes", async () => {
      const mend = await pg.damageBackup("ledger", postgres.database, scribble);
      await failsHere(/full read: .*\bpublic\.ledger: XX001: invalid page in block 0/);
      mend();
    });

    test("of rows that are missing", async () => {
      const mend = await pg.damageBackup("ledger", postgres.database, cutShort);
      await failsHere(
        /rows and checksums: .*\bpublic\.ledger has 1\d\d\d rows instead of 2000/,
        "--at",
        recordedAt,
      );
      mend();
    });

    test("of a segment of the log that is missing", async () => {
      await client.query("insert into ledger values (2001, 'next')");
      const segment = await pg.endSegment();
      const at = await now();
      const bringBack = takeAway(segment);
      await failsHere(/can't be brought up: WAL segment 0000000100000000[0-9A-F]{8} is missing/, "--at", at);
      bringBack();
    });

    test("of a segment of the log that is damaged", async () => {
      await client.query("insert into ledger values (2003, 'after')");
      const segment = await pg.endSegment();
      const at = await now();
      const whole = readFileSync(segment);
      scribble(segment);
      await failsHere(/can't be brought up: WAL segment [0-9A-F]{24} in the archive is damaged/, "--at", at);
      writeFileSync(segment, whole);
    });

    test("of a time that the archive does not reach", async () => {
      chmodSync(pg.archive, 0o500);
      await failsHere(/can't be brought up: WAL segment [0-9A-F]{24} can't be archived/, "--at", await now());
      chmodSync(pg.archive, 0o700);
    });

    test("of a row that an index does not know", async () => {
      const ready = (isReady: boolean) =>
        pg.sql(
          `update pg_index set indisready = ${isReady} where indexrelid = 'ledger_pkey'::regclass`,
          postgres.database,
        );
      await ready(false);
      await client.query("insert into ledger values (2002, 'unknown')");
      await ready(true);
      await failsHere(/indexes: .*\bledger_pkey: leads to 200\d rows of 200\d/, "--at", await now());
      await client.query("reindex table ledger");
    });

    test("of a canary that has stopped", async () => {
      await pg.sql(`alter table ${CANARY}.tick add constraint stopped check (at < now()) not valid`, CANARY);
      await pg.sql(`update ${CANARY}.tick set at = at - interval '1 hour'`, CANARY);
      await failsHere(/recovery point: stale canary: its newest tick is \d/, "--at", await now());
    });
  });

  describe("of MongoDB", { concurrency: 1 }, () => {
    const failsHere = (reason: RegExp, ...args: string[]) =>
      fails(mongodb, reason, "--engine", "mongodb", ...args);
    const ledger = () => documents.db(mongodb.database).collection("ledger");
    let table = "";
    let recordedAt = "";

    before(async () => {
      const [row] = await mongo.sql<{ table: string }>(
        `select format('%I.%I', nspname, relname) as table from pg_class join pg_namespace n on n.oid = relnamespace
         where nspname = '${mongodb.database}' and relkind = 'r' and relname like 'ledger%'`,
        "mongodb",
      );
      table = row?.table ?? "";
      await mongo.sql(`vacuum (freeze) ${table}`, "mongodb");
      await backUp(mongodb.clusterId);
      recordedAt = await record("mongodb");
    });

    test("of documents that can't be read", async () => {
      const mend = await mongo.damageBackup(table, "mongodb", scribble);
      await failsHere(/full read: .*\bledger: /);
      mend();
    });

    test("of documents that are missing", async () => {
      const mend = await mongo.damageBackup(table, "mongodb", cutShort);
      await failsHere(/rows and checksums: .*\bledger has 4\d\d rows instead of 500/, "--at", recordedAt);
      mend();
    });

    test("of a segment of the log that is missing", async () => {
      await ledger().insertOne({ n: 500 });
      const bringBack = takeAway(await mongo.endSegment());
      await failsHere(/can't be brought up: WAL segment \w+ is missing/, "--at", await now());
      bringBack();
    });
  });
});
