import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { applicant, type RunbookStack, stackUp } from "./stack.ts";
import { stepsOf } from "./steps.ts";

/** runbooks/region-loss.md, block by block: the product serves in another region what the dumps had. */

let stack: RunbookStack;
let ann: Awaited<ReturnType<typeof applicant>>;
const REGION = "lon1";

before(async () => {
  stack = await stackUp();
  ann = await applicant(stack);
});
after(() => stack?.it.remove());

/** Makes a dump of each database now. Returns the moment after it. */
async function dump(engine: string): Promise<string> {
  const { code, output } = await stack.it.npm("run", "--silent", "drill", "--", "--dump", "--engine", engine);
  assert.equal(code, 0, output);
  return new Date().toISOString();
}

async function clusterOf(id: string): Promise<{ region: string; status: string }> {
  const { body } = await stack.it.api("GET", `/v2/databases/${id}`);
  return (body as { database: { region: string; status: string } }).database;
}

test("the stack moves to another region, with what the dumps have", async () => {
  const { postgres, mongo, documents } = await stack.outputs();
  await dump("pg");
  const AT = await dump("mongodb");
  // Written after the last dump, so lost.
  const bob = { email: "bob@example.org", password: "battery staple" };
  assert.equal((await stack.call("POST", "/api/register", bob)).status, 201);

  const steps = stepsOf("region-loss.md");
  assert.equal(steps.length, 5);
  const DUMPS_IDENTITY_FILE = "runbooks/local-identity.txt";
  for (const step of steps) await stack.step(step, { REGION, AT, DUMPS_IDENTITY_FILE });

  assert.equal((await stack.call("POST", "/api/login", bob)).status, 401);
  assert.equal((await stack.call("POST", "/api/login", ann)).status, 200);
  assert.equal(JSON.parse((await stack.call("GET", "/api/letters")).text).letters.length, 1);
  const { resumes } = JSON.parse((await stack.call("GET", "/api/resumes")).text);
  assert.notEqual(
    (await stack.call("GET", `/api/resumes/${resumes[0].id}`)).status,
    200,
    "its document is lost",
  );
  assert.equal((await stack.call("POST", "/api/resumes?name=cv.txt", "Again")).status, 201);

  const now = await stack.outputs();
  assert.equal(now.documents.region, REGION);
  assert.notEqual(now.documents.bucket, documents.bucket);
  for (const { clusterId } of [now.postgres, now.mongo, now.cache])
    assert.equal((await clusterOf(clusterId)).region, REGION);
  for (const { clusterId } of [postgres, mongo])
    assert.equal((await clusterOf(clusterId)).status, "online", "what was left behind is not deleted");
});
