import assert from "node:assert/strict";
import { test } from "node:test";
import { DumpStore, type DumpStoreArgs } from "./dump-store.ts";
import { record } from "./testing.ts";

const build = (changes: Partial<DumpStoreArgs> = {}) =>
  record(() => new DumpStore("dumps", { region: "ams3", namePrefix: "shop-prod-dumps", ...changes }));

test("the bucket is private, versioned and protected, and expires no dump by its age", async () => {
  const { named, resources } = await build();
  const { inputs, protect, retainOnDelete } = named("dumps-bucket");
  assert.deepEqual(inputs, {
    name: "shop-prod-dumps-0a1b2c3d",
    region: "ams3",
    acl: "private",
    forceDestroy: false,
    versioning: { enabled: true },
    lifecycleRules: [
      {
        id: "versions",
        enabled: true,
        noncurrentVersionExpiration: { days: 30 },
        expiration: { expiredObjectDeleteMarker: true },
        abortIncompleteMultipartUploadDays: 1,
      },
    ],
  });
  assert.ok(protect && retainOnDelete);
  assert.ok(!resources.some(({ type }) => type.includes("cdn")), "nobody fetches dumps through a CDN");
});

test("its key reaches this bucket alone", async () => {
  const { named } = await build();
  const bucket = "shop-prod-dumps-0a1b2c3d";
  assert.deepEqual(named("dumps-key").inputs, {
    name: bucket,
    grants: [{ bucket, permission: "readwrite" }],
  });
});

test("wrong arguments are refused before anything is made", async () => {
  await assert.rejects(
    build({ keepDeletedDays: 0, namePrefix: "NO" }),
    /keepDeletedDays 0.*namePrefix NO|namePrefix NO.*keepDeletedDays 0/s,
  );
});
