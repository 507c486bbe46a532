import assert from "node:assert/strict";
import { test } from "node:test";
import { mongodb } from "../../local/dataplane/mongodb/server.ts";
import { TestCluster } from "../../local/dataplane/testing.ts";
import { assignment } from "../../runbooks/restore-drill/checks/assignment.ts";
import { run } from "../../runbooks/restore-drill/checks/run.ts";
import { connectMongo } from "../../runbooks/restore-drill/connections/mongo.ts";
import { recordMongo } from "../../runbooks/restore-drill/recordings/mongo.ts";
import { keepInMongo } from "../../runbooks/restore-drill/recordings/store.ts";
import { CANARY, mongoCanary } from "../../runbooks/restore-drill/worker/canary.ts";

/** What the checks of a restored MongoDB see, against a real server of its wire protocol. */

test("sound documents pass every check, and each kind of damage fails the one that is about it", async (t) => {
  const users = [{ name: "doadmin", password: "of-the-administrator" }];
  const cluster = new TestCluster(mongodb, { version: "8.0", users, databases: ["app", CANARY] });
  await cluster.apply();
  const at = (database: string) => ({
    uri: `mongodb://doadmin:of-the-administrator@${cluster.host}:27017/${database}?tls=true&authSource=admin&authMechanism=PLAIN`,
    ca: cluster.spec.ca,
  });
  const client = await connectMongo(at("app"));
  t.after(() => client.close());
  const letters = client.db().collection<{ _id: number; text: string }>("letters");
  await letters.insertMany(Array.from({ length: 700 }, (_, n) => ({ _id: n, text: `letter ${n}` })));
  await letters.createIndex({ text: 1 });
  const canary = await mongoCanary(at(CANARY));
  await canary.round();
  await canary.close();
  const recording = await recordMongo(client.db(), 60);
  await keepInMongo(client, recording);

  const check = (more: object = {}) =>
    run(
      assignment.parse({
        id: "test",
        engine: "mongodb",
        target: recording.at,
        restored: { product: [at("app")], canary: at(CANARY) },
        periodSeconds: 10,
        patienceSeconds: 5,
        queries: { "a letter": '{"collection": "letters", "filter": {"text": "letter 7"}}' },
        ...more,
      }),
    );
  const failed = ({ checks }: Awaited<ReturnType<typeof run>>) =>
    checks.flatMap(({ name, outcome, why }) => (outcome === "passed" ? [] : [`${name}: ${why}`]));

  const sound = await check();
  assert.deepEqual(failed(sound), []);
  assert.equal(sound.contents["app.letters"]?.rows, 700);

  await t.test("a document that is missing", async () => {
    await letters.deleteOne({ _id: 9 });
    assert.match(failed(await check()).join(), /letters has 699 rows instead of 700/);
    await letters.insertOne({ _id: 9, text: "letter 9" });
    assert.deepEqual(failed(await check()), []);
  });
  await t.test("a value that differs", async () => {
    await letters.updateOne({ _id: 7 }, { $set: { text: "another" } });
    const result = failed(await check()).join();
    assert.match(result, /letters has other rows than those recorded/);
    assert.match(result, /query a letter: finds nothing/);
  });
  await t.test("an index that is missing", async () => {
    await letters.dropIndex("text_1");
    assert.match(failed(await check()).join(), /schema: what is there, how it is typed/);
  });
  await t.test("a stale canary", async () => {
    const later = new Date(Date.parse(recording.at) + 3_600_000).toISOString();
    assert.match(failed(await check({ target: later })).join(), /stale canary/);
  });
});
