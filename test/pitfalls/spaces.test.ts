import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "../conformance/cloud.ts";
import { fresh, plan, write } from "./program.ts";

/** What goes wrong with buckets and CDN endpoints, met by the components. docs/pitfalls.md has the list. */

const cloud = await cloudForTests();

const buckets = `
const documents = new components.DocumentStore("documents", { region: "fra1", protection: open }, opts);
const assets = new components.PublicAssets("assets",
  { region: "fra1", protection: open }, { ...opts, dependsOn: documents.cdn });`;

test("CDN endpoints are made one after the other, and one that is limited is tried again", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, buckets);
  const path = "/v2/cdn/endpoints";
  await cloud.fault({
    method: "POST",
    path,
    times: 1,
    effect: { kind: "status", status: 429, retry_after: 0 },
  });
  await stack.up();
  const { endpoints } = await cloud.call<{ endpoints: { origin: string; ttl: number }[] }>("GET", path);
  assert.deepEqual(endpoints.map(({ ttl }) => ttl).sort(), [3600, 60]);
  const second = (await stack.state()).find(({ urn }) => urn.endsWith("::assets-cdn"));
  assert.ok(second?.dependencies?.some((urn) => urn.endsWith("::documents-cdn")));
  assert.deepEqual(await plan(stack), {});
});

test("a CDN endpoint that was deleted by hand stops a refresh until it is taken out of the state, and comes back", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, buckets);
  await stack.up();
  const { id, urn } = await stack.resource("assets-cdn");
  await cloud.call("DELETE", `/v2/cdn/endpoints/${id}`);
  const refused = await stack.attempt(["refresh", "--yes", "--skip-preview"]);
  assert.notEqual(refused.code, 0);
  assert.match(refused.output, /assets-cdn.*404/s);
  await stack.run(["state", "delete", urn, "--yes"]);
  await stack.up();
  assert.notEqual((await stack.resource("assets-cdn")).id, id);
  await stack.refresh();
  assert.deepEqual(await plan(stack), {});
});
