import assert from "node:assert/strict";
import { test } from "node:test";
import { CLUSTER, cloudFor, type Made } from "./testing.ts";

test("a fault meets the requests of its route, as often as it says", async (t) => {
  const cloud = await cloudFor(t);
  const set = (fault: object) => cloud.make<{ id: string }>("/_local/faults", fault);
  await set({
    method: "GET",
    path: "/v2/databases/*",
    times: 2,
    effect: { kind: "status", status: 429, retry_after: 7 },
  });
  const limited = await cloud.get<{ id: string; message: string }>("/v2/databases/options");
  assert.equal(limited.status, 429);
  assert.equal(limited.headers.get("retry-after"), "7");
  assert.partialDeepStrictEqual(limited.body, {
    id: "too_many_requests",
    message: "API Rate limit exceeded.",
  });
  assert.equal((await cloud.get("/v2/databases")).status, 200, "another route");
  assert.equal((await cloud.put("/v2/databases/x", {})).status, 405, "another method");
  assert.partialDeepStrictEqual((await cloud.get("/_local/faults")).body, { faults: [{ times: 1 }] });
  assert.equal((await cloud.get("/v2/databases/options")).status, 429);
  assert.equal((await cloud.get("/v2/databases/options")).status, 200);

  const { id } = await set({ path: "/v2/**", effect: { kind: "status", status: 503 } });
  assert.equal((await cloud.get("/v2/account")).status, 503);
  assert.equal((await cloud.delete(`/_local/faults/${id}`)).status, 204);
  assert.equal((await cloud.delete(`/_local/faults/${id}`)).status, 404);
  assert.equal((await cloud.get("/v2/account")).status, 200);

  for (const wrong of [
    { path: "/v2/account" },
    { path: "v2", effect: { kind: "stall" } },
    { path: "/v2/data*", effect: { kind: "stall" } },
    { path: "/v2/**/users", effect: { kind: "stall" } },
    { path: "/v2/account", effect: { kind: "status", status: 200 } },
    { path: "/v2/account", effect: { kind: "fire" } },
  ])
    assert.equal((await cloud.post("/_local/faults", wrong)).status, 422, JSON.stringify(wrong));
});

test("a dropped connection leaves nothing written before, everything after", async (t) => {
  const cloud = await cloudFor(t);
  const tags = async () => (await cloud.get<{ tags: Made[] }>("/v2/tags")).body.tags.map(({ name }) => name);
  for (const when of ["before", "after"])
    await cloud.make("/_local/faults", {
      method: "POST",
      path: "/v2/tags",
      times: 1,
      effect: { kind: "drop", when },
    });
  await assert.rejects(cloud.post("/v2/tags", { name: "one" }));
  assert.deepEqual(await tags(), []);
  await cloud.make("/_local/faults", {
    method: "POST",
    path: "/v2/tags",
    times: 1,
    effect: { kind: "drop", when: "after" },
  });
  await assert.rejects(cloud.post("/v2/tags", { name: "two" }));
  assert.deepEqual(await tags(), ["two"]);
});

test("a stalled create never gets ready, and can still be deleted", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/_local/faults", {
    method: "POST",
    path: "/v2/databases",
    times: 1,
    effect: { kind: "stall" },
  });
  const { id } = await cloud.make("/v2/databases", { ...CLUSTER, name: "stuck" });
  for (let read = 0; read < 20; read++)
    assert.partialDeepStrictEqual((await cloud.get(`/v2/databases/${id}`)).body, {
      database: { status: "creating" },
    });
  assert.equal((await cloud.delete(`/v2/databases/${id}`)).status, 204);
});

test("latency delays an answer and nothing else", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/_local/faults", {
    path: "/v2/account",
    effect: { kind: "latency", milliseconds: 1000 },
  });
  const order: string[] = [];
  await Promise.all([
    cloud.get("/v2/account").then(() => order.push("slow")),
    cloud.get("/v2/regions").then(() => order.push("quick")),
  ]);
  assert.deepEqual(order, ["quick", "slow"]);
});

test("a reset leaves a new account without faults", async (t) => {
  const cloud = await cloudFor(t);
  const state = async () => [
    (await cloud.get("/v2/tags")).body,
    (await cloud.get("/v2/databases")).body,
    (await cloud.get("/_local/faults")).body,
  ];
  const before = await state();
  await cloud.make("/v2/databases", { ...CLUSTER, name: "orders", tags: ["blue"] });
  await cloud.make("/_local/faults", { path: "/v2/account", effect: { kind: "stall" } });
  assert.equal((await cloud.post("/_local/reset")).status, 204);
  assert.deepEqual(await state(), before);
  assert.partialDeepStrictEqual((await cloud.get("/v2/projects")).body, { meta: { total: 1 } });
});

test("what exists is listed, whatever its area and owner, and is gone after its deletion", async (t) => {
  const cloud = await cloudFor(t);
  type Contents = { contents: { kind: string; id: string; parent: string; name: string }[] };
  const contents = async () => (await cloud.get<Contents>("/_local/contents")).body.contents;
  const before = await contents();
  const database = await cloud.make("/v2/databases", {
    ...CLUSTER,
    name: "orders",
  });
  const after = await contents();
  const added = after.filter(({ id, parent }) => id === database.id || parent === database.id);
  assert.ok(added.some(({ name }) => name === "orders"));
  assert.ok(added.some(({ parent, name }) => parent === database.id && name === "doadmin"));
  assert.equal((await cloud.delete(`/v2/databases/${database.id}`)).status, 204);
  assert.deepEqual(await contents(), before);
});
