import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MongoClient } from "mongodb";
import { connectPostgres } from "../../runbooks/restore-drill/connections/postgres.ts";
import { applicant, type RunbookStack, stackUp } from "./stack.ts";
import { stepsOf } from "./steps.ts";

/** runbooks/lost-database.md, block by block, for both engines: what was deleted is served by the product again. */
describe("rows are deleted", () => {
  let stack: RunbookStack;
  const [
    restore = "",
    look = "",
    allowPostgres = "",
    allowMongo = "",
    toPostgres = "",
    toMongo = "",
    protect = "",
  ] = stepsOf("lost-database.md");
  let ann: Awaited<ReturnType<typeof applicant>>;

  /** Whether a cluster of this id is still there, and online. */
  async function statusOf(id: string): Promise<unknown> {
    const { body } = await stack.it.api("GET", `/v2/databases/${id}`);
    return (body as { database?: { status: string } }).database?.status;
  }
  /** What is there now is written down, so that a later restore can be compared with it; gives the moment. */
  async function record(engine: string): Promise<string> {
    const { code, stdout, output } = await stack.it.npm(
      ...["run", "--silent", "drill", "--", "--stack", "local", "--engine", engine, "--record"],
    );
    assert.equal(code, 0, output);
    return stdout.trim();
  }

  before(async () => {
    stack = await stackUp();
    ann = await applicant(stack);
  });
  after(() => stack?.it.remove());

  test("PostgreSQL", async () => {
    const { postgres } = await stack.outputs();
    const AT = await record("pg");
    const client = await connectPostgres({ uri: postgres.uri, ca: postgres.caCertificate });
    await client.query("delete from account");
    await client.end();
    assert.equal((await stack.call("POST", "/api/login", ann)).status, 401);

    await stack.step(restore, { ENGINE: "pg", AT });
    const contents: Record<string, { rows: number }> = JSON.parse(await stack.step(look));
    assert.deepEqual(
      Object.entries(contents).flatMap(([table, { rows }]) => (table.endsWith(".account") ? rows : [])),
      [1],
    );
    await stack.step(allowPostgres);
    await stack.step(toPostgres);
    await stack.step(protect);

    assert.equal((await stack.call("POST", "/api/login", ann)).status, 200);
    const { resumes } = JSON.parse((await stack.call("GET", "/api/resumes")).text);
    assert.equal((await stack.call("GET", `/api/resumes/${resumes[0].id}`)).text, "I can do it");
    const now = (await stack.outputs()).postgres;
    assert.notEqual(now.clusterId, postgres.clusterId);
    assert.equal(await statusOf(postgres.clusterId), "online", "the old cluster stays");
    const rules = (id: string) => stack.it.api("GET", `/v2/databases/${id}/firewall`).then(sources);
    assert.deepEqual(await rules(now.clusterId), await rules(postgres.clusterId));
  });

  test("MongoDB", async () => {
    const { mongo } = await stack.outputs();
    const AT = await record("mongodb");
    const client = await new MongoClient(mongo.uri, { ca: mongo.caCertificate }).connect();
    for (const collection of await client.db().collections()) await collection.deleteMany({});
    await client.close();
    const letters = async () => JSON.parse((await stack.call("GET", "/api/letters")).text).letters.length;
    assert.equal(await letters(), 0);

    await stack.step(restore, { ENGINE: "mongodb", AT });
    await stack.step(look);
    await stack.step(allowMongo);
    await stack.step(toMongo);
    await stack.step(protect);

    assert.equal(await letters(), 1);
    assert.equal((await stack.call("POST", "/api/letters", { text: "Dear you" })).status, 201);
    assert.equal(await statusOf(mongo.clusterId), "online", "the old cluster stays");
  });
});

function sources({ body }: { body: unknown }): string[] {
  return (body as { rules: { type: string; value: string }[] }).rules.map(({ value }) => value).sort();
}
