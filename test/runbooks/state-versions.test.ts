import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { openStore, type Store } from "../../cli/versions/store.ts";
import { currentOf, keysOf, versionsOf } from "../../cli/versions/versions.ts";
import { bucketFor } from "../dumps/bucket.ts";

const state = (time: string, resources: number) =>
  JSON.stringify({
    version: 3,
    checkpoint: {
      stack: "organization/breakwater/staging",
      latest: { manifest: { time }, resources: Array.from({ length: resources }, () => ({})) },
    },
  });
const old = state("2026-11-24T10:00:00Z", 1);
const whole = state("2026-11-24T11:00:00Z", 2);
const keys = keysOf("staging");

async function holds(store: Store, versioned: boolean): Promise<void> {
  await store.write(`${keys.history}1.checkpoint.json`, old);
  await store.write(`${keys.history}1.history.json`, "{}");
  await store.write(keys.current, whole);
  await store.write(keys.before, whole.slice(0, 60));
  const found = (await versionsOf(store, "staging")).map(({ resources }) => resources);
  assert.deepEqual(found.filter(Boolean).sort(), versioned ? [1, 2] : [1]);
  assert.ok(found.includes(undefined), "what was cut short is damaged");
  await store.remove(keys.current);
  assert.equal(await currentOf(store, "staging"), undefined);
  assert.deepEqual(await store.list(keys.locks), []);
}

test("a folder", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-state-"));
  t.after(() => rmSync(folder, { recursive: true }));
  await holds(await openStore(pathToFileURL(folder).href), false);
});

test("a versioned bucket gives back what was deleted from it", async (t) => {
  const { name, variables } = await bucketFor(t);
  process.env.AWS_ACCESS_KEY_ID = variables.DUMPS_ACCESS_KEY_ID;
  process.env.AWS_SECRET_ACCESS_KEY = variables.DUMPS_SECRET_ACCESS_KEY;
  const endpoint = encodeURIComponent(variables.DUMPS_ENDPOINT ?? "");
  const store = await openStore(`s3://${name}?region=us-east-1&endpoint=${endpoint}&s3ForcePathStyle=true`);
  t.after(() => store.close());
  await holds(store, true);
  const [newest] = await versionsOf(store, "staging");
  assert.equal(newest?.text, whole);
  await store.write(keys.current, whole);
  assert.equal((await currentOf(store, "staging"))?.resources, 2);
});

test("another backend, and none, are told what to do", async () => {
  await assert.rejects(openStore(undefined), /export PULUMI_BACKEND_URL/);
  await assert.rejects(openStore("https://api.pulumi.com"), /pulumi stack history/);
  await assert.rejects(openStore("gs://state"), /gs:/);
});
