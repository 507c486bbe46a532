import assert from "node:assert/strict";
import { mock, type TestContext, test } from "node:test";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { spacesFor } from "./testing.ts";

const Bucket = "kept";
const DAY = 24 * 60 * 60 * 1000;
/** Noon: days are counted from the midnight that follows. */
const START = Date.parse("2026-11-24T12:00:00Z");

/** A bucket and the cloud's clock. */
async function bucketFor(t: TestContext, versioned = false) {
  mock.timers.enable({ apis: ["Date"], now: START });
  t.after(() => mock.timers.reset());
  const { s3 } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (versioned)
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  return { s3, at: (days: number) => mock.timers.setTime(START + days * DAY) };
}

const rules = (s3: S3Client, ...Rules: Omit<LifecycleRule, "Status">[]) =>
  s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: Rules.map((rule) => ({ Status: "Enabled", ...rule })) },
    }),
  );
const put = (s3: S3Client, ...keys: string[]) =>
  Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))));
const keys = async (s3: S3Client) =>
  (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key) ?? [];
const versions = async (s3: S3Client) => {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return [Versions.length, DeleteMarkers.length];
};

test("an object expires at the midnight after its days, where the prefix is the rule's", async (t) => {
  const { s3, at } = await bucketFor(t);
  await rules(s3, { ID: "old", Filter: { Prefix: "tmp/" }, Expiration: { Days: 2 } });
  await put(s3, "tmp/a", "stays");
  const { Expiration } = await s3.send(new HeadObjectCommand({ Bucket, Key: "tmp/a" }));
  assert.equal(Expiration, 'expiry-date="Fri, 27 Nov 2026 00:00:00 GMT", rule-id="old"');
  at(2.4);
  assert.deepEqual(await keys(s3), ["stays", "tmp/a"]);
  at(2.5);
  assert.deepEqual(await keys(s3), ["stays"]);
});

test("a date, a disabled rule, no rule any more", async (t) => {
  const { s3, at } = await bucketFor(t);
  await put(s3, "a", "b/1");
  const dated = { Expiration: { Date: new Date("2026-12-01T00:00:00Z") } };
  await rules(s3, { Filter: { Prefix: "b/" }, ...dated });
  at(6.4);
  assert.deepEqual(await keys(s3), ["a", "b/1"]);
  at(6.5);
  assert.deepEqual(await keys(s3), ["a"]);
  await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
  at(400);
  assert.deepEqual(await keys(s3), ["a"]);
});

test("with versions an expired object is under a marker; old versions and lone markers go by rules of their own", async (t) => {
  const { s3, at } = await bucketFor(t, true);
  await rules(s3, {
    ID: "all",
    Filter: { Prefix: "" },
    Expiration: { Days: 1 },
    NoncurrentVersionExpiration: { NoncurrentDays: 3 },
  });
  await put(s3, "k");
  await put(s3, "k");
  assert.deepEqual(await versions(s3), [2, 0]);
  at(1.5);
  assert.deepEqual(await keys(s3), []);
  assert.deepEqual(await versions(s3), [2, 1]);
  at(3.5);
  assert.deepEqual(await versions(s3), [1, 1], "the first version was replaced three days ago");
  at(5);
  assert.deepEqual(await versions(s3), [0, 0], "what is left of nothing goes as well");
});

test("a marker that was set by a client goes where the rule says so", async (t) => {
  const { s3, at } = await bucketFor(t, true);
  await put(s3, "k");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await rules(s3, { Filter: { Prefix: "" }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
  at(3);
  assert.deepEqual(await versions(s3), [0, 1]);
  await rules(s3, { Filter: { Prefix: "" }, Expiration: { ExpiredObjectDeleteMarker: true } });
  assert.deepEqual(await versions(s3), [0, 0]);
});

test("uploads that were never completed go by their rule, and after 30 days by themselves", async (t) => {
  const { s3, at } = await bucketFor(t);
  const uploads = async () =>
    (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.map(({ Key }) => Key) ?? [];
  for (const Key of ["tmp/a", "b"]) await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  await rules(s3, { Filter: { Prefix: "tmp/" }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } });
  at(2);
  assert.deepEqual(await uploads(), ["b", "tmp/a"]);
  at(2.5);
  assert.deepEqual(await uploads(), ["b"]);
  at(30.5);
  assert.deepEqual(await uploads(), []);
});

test("rules come back as they were put; what they can't be is refused", async (t) => {
  const { s3 } = await bucketFor(t);
  const all: LifecycleRule[] = [
    {
      ID: "a",
      Status: "Enabled",
      Filter: { Prefix: "a/" },
      Expiration: { Days: 3 },
      NoncurrentVersionExpiration: { NoncurrentDays: 2 },
    },
    {
      ID: "b",
      Status: "Disabled",
      Filter: { Prefix: "" },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
    { ID: "c", Status: "Enabled", Filter: { Prefix: "c" }, Expiration: { ExpiredObjectDeleteMarker: true } },
    {
      ID: "d",
      Status: "Enabled",
      Filter: { Prefix: "d" },
      Expiration: { Date: new Date("2030-01-31T00:00:00Z") },
    },
  ];
  await rules(s3, ...all);
  assert.deepEqual((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules, all);
  const bad: [Omit<LifecycleRule, "Status">, string][] = [
    [{ Filter: { Prefix: "" } }, "InvalidRequest"],
    [{ Filter: { Prefix: "" }, Expiration: { Days: 0 } }, "InvalidArgument"],
    [{ Filter: { Prefix: "" }, Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }, "MalformedXML"],
    [{ Filter: { Prefix: "" }, Expiration: { Date: new Date("2030-01-31T01:00:00Z") } }, "InvalidArgument"],
    [{ Filter: { Tag: { Key: "a", Value: "b" } }, Expiration: { Days: 1 } }, "NotImplemented"],
    [{ Filter: { Prefix: "" }, Transitions: [{ Days: 1, StorageClass: "GLACIER" }] }, "NotImplemented"],
    [{ ID: "x".repeat(256), Filter: { Prefix: "" }, Expiration: { Days: 1 } }, "InvalidArgument"],
  ];
  for (const [rule, name] of bad) await assert.rejects(rules(s3, rule), { name }, JSON.stringify(rule));
  await assert.rejects(
    rules(
      s3,
      { ID: "a", Filter: {}, Expiration: { Days: 1 } },
      { ID: "a", Filter: {}, Expiration: { Days: 2 } },
    ),
    {
      name: "InvalidArgument",
    },
  );
});
