import assert from "node:assert/strict";
import { test } from "node:test";
import { assignment } from "../../runbooks/restore-drill/checks/assignment.ts";
import { linesOf, messageIn, result as resultSchema } from "../../runbooks/restore-drill/checks/result.ts";
import { run } from "../../runbooks/restore-drill/checks/run.ts";
import { connectPostgres } from "../../runbooks/restore-drill/connections/postgres.ts";
import { recordPostgres } from "../../runbooks/restore-drill/recordings/postgres.ts";
import { keepInPostgres } from "../../runbooks/restore-drill/recordings/store.ts";
import { postgresCanary } from "../../runbooks/restore-drill/worker/canary.ts";
import { damage, unindexed } from "./damage.ts";
import { address, both, fill, grant, productCluster } from "./product.ts";

/** What the checks of a restored PostgreSQL see, and what they miss nothing of: against a real server. */

test("sound data pass every check, and each kind of damage fails the one that is about it", async (t) => {
  const cluster = await productCluster();
  await grant(t, cluster);
  const at = both(cluster);
  const client = await connectPostgres(address(cluster, "app"));
  t.after(() => client.end());
  await fill(client, 3_000);
  const canary = await postgresCanary(at.canary);
  await canary.round();
  await canary.close();
  const own = await connectPostgres(at.canary);
  t.after(() => own.end());
  const recording = await recordPostgres(client, 60);
  await keepInPostgres(own, recording);

  const target = recording.at;
  const check = (more: object = {}) =>
    run(
      assignment.parse({
        id: "test",
        engine: "pg",
        target,
        restored: at,
        periodSeconds: 10,
        patienceSeconds: 5,
        queries: { "somebody is known": "select 1 from known limit 1" },
        ...more,
      }),
    );
  const outcomes = (result: Awaited<ReturnType<typeof run>>) =>
    Object.fromEntries(result.checks.map(({ name, outcome }) => [name, outcome]));
  const failed = (result: Awaited<ReturnType<typeof run>>) =>
    result.checks.flatMap(({ name, outcome, why }) => (outcome === "failed" ? [`${name}: ${why}`] : []));

  const sound = await check();
  assert.deepEqual(failed(sound), []);
  assert.equal(sound.checks.find(({ name }) => name === "rows and checksums")?.numbers.equal, 2);
  const log = linesOf("test", sound).map((line) => `checks 2026-11-24T10:00:00Z ${line}`);
  assert.deepEqual(resultSchema.parse(messageIn(log.join("\n"), "test")), JSON.parse(JSON.stringify(sound)));
  assert.equal(messageIn(log.join("\n"), "another"), undefined);
  assert.equal(sound.contents["app.public.person"]?.rows, 3_000);

  await t.test("a row that is missing", async () => {
    await client.query("begin; delete from document where ctid = (select min(ctid) from document); commit");
    assert.match(
      failed(await check()).join(),
      /rows and checksums: public.document has 999 rows instead of 1000/,
    );
  });
  await t.test("a value that differs", async () => {
    await client.query("update person set note = '{}' where id = 7");
    assert.match(failed(await check()).join(), /public.person has other rows than those recorded/);
  });
  await t.test("a stale canary, and a state that is too late", async () => {
    const later = new Date(Date.parse(target) + 3_600_000).toISOString();
    assert.match(failed(await check({ target: later })).join(), /stale canary/);
    const earlier = new Date(Date.parse(target) - 3_600_000).toISOString();
    assert.match(failed(await check({ target: earlier })).join(), /a later state than was asked for/);
  });
  await t.test("a query of the product that finds nothing", async () => {
    const result = await check({ queries: { nobody: "select 1 from known where id < 0" } });
    assert.match(failed(result).join(), /query nobody: finds nothing/);
  });
  await t.test("a cluster that lets nobody in", async () => {
    const product = address(cluster, "app");
    const wrong = { product: [{ ...product, uri: product.uri.replace("of-the-app", "wrong") }] };
    const result = await check({ restored: wrong, patienceSeconds: 0 });
    assert.deepEqual(outcomes(result), { "connection with verified TLS": "failed" });
    assert.doesNotMatch(JSON.stringify(result), /wrong@/);
  });
  await t.test("an index that has no entry for a row", async () => {
    await unindexed(cluster, "person_email_key", () =>
      client.query("insert into person (email, standing, score) values ('new@example.com', 'new', 1)"),
    );
    assert.match(failed(await check()).join(), /indexes: person_email_key: leads to 3000 rows of 3001/);
  });
  await t.test("a damaged page, which a first query and every search by an index pass", async () => {
    await damage(cluster, "document");
    const result = await check();
    assert.equal(outcomes(result)["connection with verified TLS"], "passed");
    assert.match(failed(result).join(), /full read: public.document: XX001: invalid page in block 0/);
    assert.match(failed(result).join(), /page checksums: \d+ pages had a wrong checksum/);
  });
});
