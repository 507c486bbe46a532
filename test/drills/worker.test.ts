import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../../local/dataplane/testing.ts";
import { connectPostgres } from "../../runbooks/restore-drill/connections/postgres.ts";
import { keptInPostgres } from "../../runbooks/restore-drill/recordings/store.ts";
import { CANARY } from "../../runbooks/restore-drill/worker/canary.ts";
import { address, fill, grant, productCluster } from "./product.ts";

const main = join(import.meta.dirname, "..", "..", "runbooks", "restore-drill", "worker", "main.ts");

test("the worker ticks and records by itself, through a restart of its database, and ends when it is told to", async (t) => {
  const cluster = await productCluster();
  await grant(t, cluster);
  const [product, canary] = [address(cluster, "app"), address(cluster, CANARY)];
  const client = await connectPostgres(product);
  await fill(client, 30);
  await client.end();

  const worker = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      CANARY_DATABASE_URL: canary.uri,
      SOURCES: JSON.stringify([{ engine: "pg", ...product }]),
      DATABASE_CA_CERT: cluster.spec.ca,
      CANARY_PERIOD_SECONDS: "0.2",
      RECORD_MINUTES: "60",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => worker.kill("SIGKILL"));
  const ended = once(worker, "exit");
  let said = "";
  for (const stream of [worker.stdout, worker.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const ticks = async () => {
    const own = await connectPostgres(canary);
    try {
      const { rows } = await own.query<{ count: string }>(
        `select count(*) from ${CANARY}.tick where at < now() + interval '1 hour'`,
      );
      return Number(rows[0]?.count);
    } catch {
      return 0; // not there yet
    } finally {
      await own.end();
    }
  };
  await until(async () => (await ticks()) >= 2);
  await until(() => said.includes('"recorded"'));
  const own = await connectPostgres(canary);
  const [recording, ...others] = await keptInPostgres(own);
  assert.deepEqual(others, [], "one is enough until the next is due");
  assert.equal(recording?.tables["public.person"]?.rows, 30);
  await own.query(`insert into ${CANARY}.tick values (now() - interval '9 days')`);
  await own.end();

  await cluster.server.stop();
  await until(() => said.includes('"failed"'));
  await cluster.apply();
  const before = await ticks();
  await until(async () => (await ticks()) > before + 1);
  await until(async () => {
    const again = await connectPostgres(canary);
    try {
      const { rows } = await again.query(`select 1 from ${CANARY}.tick where at < now() - interval '8 days'`);
      return rows.length === 0; // old ticks go with a new connection, and then every hour
    } finally {
      await again.end();
    }
  });

  worker.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  const lines = said.trim().split("\n");
  for (const line of lines) assert.ok(JSON.parse(line).time, line);
  assert.ok(lines.at(-1)?.includes('"stopped"'));
  for (const secret of ["of-the-app", "of-the-canary", "example.com", cluster.host])
    assert.ok(!said.includes(secret), `the log has ${secret}`);
});
