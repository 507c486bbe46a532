import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { originProblem } from "./bucket-rules.ts";
import { DocumentStore, type DocumentStoreArgs, documentHeaders } from "./document-store.ts";
import { record, resolved } from "./testing.ts";

const args: DocumentStoreArgs = { region: "fra1", namePrefix: "shop-prod-documents" };
const build = (changes: Partial<DocumentStoreArgs> = {}) =>
  record(() => new DocumentStore("documents", { ...args, ...changes }));

test("the bucket is private, versioned and protected, and forgets what was deleted", async () => {
  const { named, warnings } = await build();
  const { inputs, protect, retainOnDelete, replaceOnChanges } = named("documents-bucket");
  assert.deepEqual(inputs, {
    name: "shop-prod-documents-0a1b2c3d",
    region: "fra1",
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
  assert.deepEqual(replaceOnChanges, ["name"], "the provider would leave a renamed bucket where it is");
  assert.deepEqual(warnings, []);
  const open = await build({ protection: { retain: false, allowReplace: ["bucket"] }, keepDeletedDays: 7 });
  const bucket = open.named("documents-bucket");
  assert.equal(bucket.protect, false);
  assert.equal(bucket.retainOnDelete, false);
  assert.partialDeepStrictEqual(bucket.inputs, {
    lifecycleRules: [{ noncurrentVersionExpiration: { days: 7 } }],
  });
  assert.match(open.warnings.join(), /may delete or replace: bucket/);
});

test("its name is its own on the whole platform, unless it is given or the bucket exists", async () => {
  const { named } = await build();
  assert.deepEqual(named("documents-suffix").inputs, { byteLength: 4, keepers: { region: "fra1" } });
  const given = await build({ namePrefix: undefined, bucketName: "resumes" });
  assert.equal(given.named("documents-bucket").inputs.name, "resumes");
  assert.ok(!given.resources.some(({ name }) => name === "documents-suffix"));
  const taken = await build({ namePrefix: undefined, import: "fra1,old-resumes" });
  assert.equal(taken.named("documents-bucket").importId, "fra1,old-resumes");
  assert.equal(taken.named("documents-bucket").inputs.name, "old-resumes");
  assert.equal(taken.named("documents-key").importId, "", "nobody can ask for a key's secret again");
});

test("one key reads and writes in this bucket alone; a new generation is a new key before the old one goes", async () => {
  const { named, result } = await build();
  const { inputs, replaceOnChanges, deleteBeforeReplace } = named("documents-key");
  const bucket = "shop-prod-documents-0a1b2c3d";
  assert.deepEqual(inputs, { name: bucket, grants: [{ bucket, permission: "readwrite" }] });
  assert.deepEqual(replaceOnChanges, ["name"]);
  assert.equal(deleteBeforeReplace, false);
  assert.deepEqual(await resolved(result.secretAccessKey), {
    value: "secret of documents-key",
    secret: true,
  });
  assert.equal((await resolved(result.accessKeyId)).value, "id of documents-key");
  const next = await build({ keyGeneration: 2, keepPreviousKey: true });
  assert.equal(next.named("documents-key-2").inputs.name, `${bucket}-2`);
  assert.deepEqual(next.named("documents-key").inputs, inputs);
  assert.equal((await resolved(next.result.accessKeyId)).value, "id of documents-key-2");
});

test("the CDN endpoint is on, with the shortest memory; clients are told the origin", async () => {
  const { named, result } = await build();
  assert.deepEqual(named("documents-cdn").inputs, { origin: "documents-bucket.example", ttl: 60 });
  assert.equal(result.endpoint, "https://fra1.digitaloceanspaces.com");
  assert.equal((await resolved(result.cdnHost)).value, "documents-cdn.cdn.example");
  assert.equal(
    (await build({ endpoint: "http://fra1.spaces.localhost:1" })).result.endpoint,
    "http://fra1.spaces.localhost:1",
  );
  assert.deepEqual(documentHeaders, { "Cache-Control": "private, no-store" });
});

test("browsers upload from the site's own origin alone", async () => {
  const { named } = await record(() => {
    const documents = new DocumentStore("documents", args);
    documents.allowBrowsers([pulumi.output("https://www.example.com"), "http://127.0.0.1:8081"]);
    return documents;
  });
  const { inputs, deletedWith } = named("documents-cors");
  assert.deepEqual(inputs, {
    bucket: "shop-prod-documents-0a1b2c3d",
    region: "fra1",
    corsRules: [
      {
        maxAgeSeconds: 3600,
        allowedOrigins: ["https://www.example.com", "http://127.0.0.1:8081"],
        allowedMethods: ["GET", "HEAD", "PUT", "POST"],
        allowedHeaders: ["cache-control", "content-disposition", "content-md5", "content-type", "x-amz-*"],
        exposeHeaders: ["etag"],
      },
    ],
  });
  assert.match(deletedWith, /::documents-bucket$/);
});

test("an origin is one that browsers send and that nobody else can have", () => {
  for (const origin of [
    "https://www.example.com",
    "https://a.b:8443",
    "http://localhost:3000",
    "http://[::1]:1",
  ])
    assert.equal(originProblem(origin), undefined, origin);
  const others = [
    "*",
    "null",
    "www.example.com",
    "https://www.example.com/",
    "https://*.example.com",
    "ftp://a",
  ];
  for (const origin of [...others, "http://www.example.com", "http://127.0.0.1.example.com"])
    assert.match(originProblem(origin) ?? "", /^must be/, origin);
});

const wrong: [string, Partial<DocumentStoreArgs>, RegExp][] = [
  ["a region without Spaces", { region: "nyc1" as "nyc3" }, /region nyc1 must be one of ams3/],
  [
    "dots in the name",
    { namePrefix: undefined, bucketName: "a.b.c" },
    /bucketName a\.b\.c must be at most 63/,
  ],
  ["capitals", { namePrefix: "Shop" }, /namePrefix Shop must be/],
  ["a prefix too long for its suffix", { namePrefix: "a".repeat(55) }, /namePrefix a+ must be at most 63/],
  ["two names", { bucketName: "resumes" }, /namePrefix can't go together with bucketName/],
  ["an import without its region", { namePrefix: undefined, import: "resumes" }, /must be <region>,<name>/],
  ["an import from elsewhere", { namePrefix: undefined, import: "ams3,resumes" }, /must be in fra1/],
  [
    "an import of another name",
    { namePrefix: undefined, bucketName: "resumes", import: "fra1,letters" },
    /must be of resumes/,
  ],
  ["no generation", { keyGeneration: 0 }, /keyGeneration 0 must be 1 or more/],
  ["no days", { keepDeletedDays: 0 }, /keepDeletedDays 0 must be 1 or more/],
];
for (const [what, changes, message] of wrong)
  test(`refused before anything is created: ${what}`, async () => {
    const { resources } = await record(() =>
      assert.throws(() => new DocumentStore("documents", { ...args, ...changes }), message),
    );
    assert.deepEqual(resources, []);
  });

test("a bucket that would go with its contents is warned about", async () => {
  const { named, warnings } = await build({ forceDestroy: true });
  assert.equal(named("documents-bucket").inputs.forceDestroy, true);
  assert.match(warnings.join(), /deleting the bucket deletes everything in it/);
});

test("a transform reaches each wrapped resource, and the state shows no secret of the component", async () => {
  const { named } = await record(() => {
    const documents = new DocumentStore("documents", {
      ...args,
      transform: {
        bucket: (given) => ({ args: { ...given, versioning: { enabled: false } } }),
        suffix: { byteLength: 8 },
        key: { grants: [] },
        cdn: { ttl: 600 },
        cors: { region: "ams3" },
      },
    });
    documents.allowBrowsers(["https://www.example.com"]);
    return documents;
  });
  assert.deepEqual(named("documents-bucket").inputs.versioning, { enabled: false });
  assert.equal(named("documents-suffix").inputs.byteLength, 8);
  assert.deepEqual(named("documents-key").inputs.grants, []);
  assert.equal(named("documents-cdn").inputs.ttl, 600);
  assert.equal(named("documents-cors").inputs.region, "ams3");
  assert.doesNotMatch(JSON.stringify(named("documents").inputs), /secret/i);
});
