import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { assetHeaders, PublicAssets, type PublicAssetsArgs } from "./public-assets.ts";
import { record, resolved } from "./testing.ts";

const args: PublicAssetsArgs = { region: "fra1", bucketName: "shop-assets" };
const build = (changes: Partial<PublicAssetsArgs> = {}) =>
  record(() => new PublicAssets("assets", { ...args, ...changes }));

test("the list of objects stays private, what nobody finished uploading goes, and a wrong deployment can be undone", async () => {
  const { named, warnings } = await build();
  const { inputs, protect, retainOnDelete, replaceOnChanges } = named("assets-bucket");
  assert.deepEqual(inputs, {
    name: "shop-assets",
    region: "fra1",
    acl: "private",
    forceDestroy: false,
    versioning: { enabled: true },
    lifecycleRules: [
      {
        id: "versions",
        enabled: true,
        abortIncompleteMultipartUploadDays: 1,
        noncurrentVersionExpiration: { days: 7 },
      },
    ],
  });
  assert.ok(protect && retainOnDelete);
  assert.deepEqual(replaceOnChanges, ["name"]);
  assert.deepEqual(warnings, []);
});

test("everyone fetches through the CDN at DigitalOcean's own host name, and the pages of the site with CORS", async () => {
  const { named, result } = await record(() => {
    const assets = new PublicAssets("assets", { region: "fra1" });
    assets.allowPages(["https://example.com"]);
    return assets;
  });
  assert.deepEqual(named("assets-cdn").inputs, { origin: "assets-bucket.example", ttl: 3600 });
  assert.deepEqual(named("assets-cors").inputs.corsRules, [
    { maxAgeSeconds: 3600, allowedOrigins: ["https://example.com"], allowedMethods: ["GET", "HEAD"] },
  ]);
  assert.equal((await resolved(result.url)).value, "https://assets-cdn.cdn.example");
  const here = await build({ endpoint: "http://fra1.spaces.localhost:1" });
  assert.equal((await resolved(here.result.url)).value, "http://assets-cdn.cdn.example");
});

test("a domain of its own goes by the certificate's name, which outlives its renewals", async () => {
  const { named, result } = await build({
    customDomain: "assets.example.com",
    certificateName: pulumi.output("assets-certificate"),
    ttlSeconds: 86_400,
  });
  assert.deepEqual(named("assets-cdn").inputs, {
    origin: "assets-bucket.example",
    ttl: 86_400,
    customDomain: "assets.example.com",
    certificateName: "assets-certificate",
  });
  assert.equal((await resolved(result.url)).value, "https://assets.example.com");
});

test("whoever deploys has a key to this bucket alone", async () => {
  const { named, result } = await build({ keyGeneration: 3 });
  assert.deepEqual(named("assets-key-3").inputs, {
    name: "shop-assets-3",
    grants: [{ bucket: "shop-assets", permission: "readwrite" }],
  });
  assert.equal((await resolved(result.secretAccessKey)).secret, true);
});

test("names with a hash are kept for ever, others asked for again", () => {
  assert.match(assetHeaders.hashed["Cache-Control"], /immutable/);
  assert.match(assetHeaders.named["Cache-Control"], /max-age=0, s-maxage=60, must-revalidate/);
});

const wrong: [string, Partial<PublicAssetsArgs>, RegExp][] = [
  [
    "a time to live that the CDN doesn't have",
    { ttlSeconds: 0 as 60 },
    /ttlSeconds 0 must be one of 60, 600/,
  ],
  ["a domain without a certificate", { customDomain: "a.example.com" }, /can't go without each other/],
  ["a certificate without a domain", { certificateName: "a" }, /can't go without each other/],
  ["a name with capitals", { bucketName: "Assets" }, /bucketName Assets must be/],
];
for (const [what, changes, message] of wrong)
  test(`refused before anything is created: ${what}`, async () => {
    const { resources } = await record(() =>
      assert.throws(() => new PublicAssets("assets", { ...args, ...changes }), message),
    );
    assert.deepEqual(resources, []);
  });

test("a transform reaches the wrapped resources", async () => {
  const { named } = await build({
    transform: { bucket: { forceDestroy: true }, cdn: { ttl: 60 } },
  });
  assert.equal(named("assets-bucket").inputs.forceDestroy, true);
  assert.equal(named("assets-cdn").inputs.ttl, 60);
});
