import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { connect } from "./connections.ts";
import { serve } from "./server.ts";

/** The product with the databases that `env` names, and its URL. */
async function started(t: TestContext, env: Record<string, string> = {}): Promise<string> {
  const connections = connect(env);
  const server = serve(connections).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await connections.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = (url: string, body: unknown) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

test("without any database it serves its pages, and says what is missing for the rest", async (t) => {
  const url = await started(t);
  const health = await fetch(`${url}/healthz`);
  assert.deepEqual(
    [health.status, await health.json()],
    [200, { status: "ok", checks: { postgres: "absent", mongo: "absent", cache: "absent" } }],
  );
  const page = await fetch(url);
  assert.match(await page.text(), /<h1>Applications/);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  for (const [path, what] of [
    ["register", /database/],
    ["login", /cache/],
  ] as const) {
    const answer = await post(`${url}/api/${path}`, { email: "a@example.org", password: "correct horse" });
    assert.equal(answer.status, 503);
    assert.match(((await answer.json()) as { error: string }).error, what);
  }
  assert.equal((await fetch(`${url}/../../package.json`)).status, 404);
});

test("a database that gives no answer makes it unhealthy only when nothing works without it", async (t) => {
  const postgres = await started(t, {
    DATABASE_URL: "postgresql://nobody:x@127.0.0.1:1/none?sslmode=require",
  });
  assert.equal((await fetch(`${postgres}/healthz`)).status, 503);
  const cache = await started(t, { REDIS_URL: "rediss://default:x@127.0.0.1:1" });
  const answer = await fetch(`${cache}/healthz`);
  assert.equal(answer.status, 200);
  assert.equal(((await answer.json()) as { status: string }).status, "degraded");
});

test("what is no JSON, or too much of it, is refused before anything is asked of a database", async (t) => {
  const url = await started(t);
  const send = (type: string, body: string) =>
    fetch(`${url}/api/register`, { method: "POST", headers: { "content-type": type }, body });
  assert.equal((await send("text/plain", "{}")).status, 415);
  assert.equal((await send("application/json", "{")).status, 400);
  assert.equal((await send("application/json", `{"email":"a@b.c"}`)).status, 400);
  assert.equal((await send("application/json", JSON.stringify({ email: "x".repeat(70_000) }))).status, 413);
});
