import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketAclCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketAclCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { cloudForTests } from "./cloud.ts";
import { Secret, type Stack, stackFor } from "./stack.ts";

const cloud = await cloudForTests();
const s3 = new S3Client({
  endpoint: cloud.spaces.BREAKWATER_SPACES_PROXY ?? "",
  region: "fra1",
  forcePathStyle: true,
  credentials: {
    accessKeyId: cloud.spaces.SPACES_ACCESS_KEY_ID ?? "",
    secretAccessKey: cloud.spaces.SPACES_SECRET_ACCESS_KEY ?? "",
  },
});

/** The provider as this project's programs make it: the proxy is its alone. */
const PROVIDER = `
  const args = { apiEndpoint: process.env.CLOUD_URL, token: pulumi.secret(process.env.CLOUD_TOKEN) };
  const spaces = {
    provider: new digitalocean.Provider("do", args, { envVarMappings: { BREAKWATER_SPACES_PROXY: "HTTP_PROXY" } }),
  };`;

async function spacesStack(t: TestContext, env: NodeJS.ProcessEnv = cloud.spaces): Promise<Stack> {
  return stackFor(t, cloud, env);
}

const program = (stack: Stack, body: string): void => stack.program(PROVIDER + body);

/** What Spaces was asked for of one bucket, as `PUT ?acl`. */
function asked(requests: string[], bucket: string): string[] {
  return requests
    .filter((request) => request.includes(`spaces://${bucket}.`) || request.includes(`/${bucket}`))
    .map((request) => request.replace(/spaces:\/\/[^/]*\//, ""));
}

test("a bucket: create, no change, update in place, replaced by its region alone, delete", async (t) => {
  const stack = await spacesStack(t);
  const bucket = (args: string) => program(stack, `new digitalocean.SpacesBucket("b", ${args}, spaces);`);
  bucket('{ name: "life-a", region: "fra1" }');
  const requests = await cloud.during(() => stack.up());
  assert.deepEqual(asked(requests, "life-a"), [
    "PUT ",
    "HEAD ",
    "PUT ?acl",
    "HEAD ",
    "GET life-a?location",
    "GET ?versioning",
    "GET ?lifecycle",
  ]);
  assert.partialDeepStrictEqual((await stack.resource("b")).outputs, {
    id: "life-a",
    name: "life-a",
    region: "fra1",
    acl: "private",
    forceDestroy: false,
    bucketUrn: "do:space:life-a",
    bucketDomainName: "life-a.fra1.digitaloceanspaces.com",
    endpoint: "fra1.digitaloceanspaces.com",
  });
  assert.deepEqual(await stack.preview(), []);

  const rules =
    '[{ id: "old", prefix: "a/", enabled: true, expiration: { days: 3 }, noncurrentVersionExpiration: { days: 2 } }]';
  bucket(
    `{ name: "life-a", region: "fra1", acl: "public-read", versioning: { enabled: true }, lifecycleRules: ${rules} }`,
  );
  assert.deepEqual(
    (await stack.preview()).map(({ op }) => op),
    ["update"],
  );
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  const { outputs } = await stack.resource("b");
  assert.partialDeepStrictEqual(outputs, {
    versioning: { enabled: true },
    lifecycleRules: [{ id: "old", prefix: "a/", enabled: true, expiration: { days: 3 } }],
  });
  const acl = await s3.send(new GetBucketAclCommand({ Bucket: "life-a" }));
  assert.equal(acl.Grants?.length, 2);

  bucket('{ name: "life-a", region: "fra1", acl: "public-read" }');
  const [removal] = await stack.preview();
  assert.deepEqual(
    [removal?.op, Object.keys(removal?.changes ?? {}).sort()],
    ["update", ["lifecycleRules", "versioning.enabled"]],
    "a block that is taken away suspends versioning",
  );
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: "life-a" }));
  assert.equal(Status, "Suspended");

  bucket('{ name: "life-a", region: "ams3", acl: "public-read" }');
  const [replacement] = await stack.preview();
  assert.deepEqual([replacement?.op, replacement?.changes.region], ["replace", "update-replace"]);
  await stack.destroy();
  await assert.rejects(s3.send(new HeadBucketCommand({ Bucket: "life-a" })), { name: "NotFound" });
});

test("a bucket's name triggers nothing: the outputs show the new one, the bucket keeps the old", async (t) => {
  const stack = await spacesStack(t);
  const bucket = (name: string) =>
    program(stack, `new digitalocean.SpacesBucket("b", { name: "${name}", region: "fra1" }, spaces);`);
  bucket("named-a");
  await stack.up();
  bucket("named-b");
  assert.deepEqual(await stack.preview(), [{ op: "update", name: "b", changes: { name: "update" } }]);
  await stack.up();
  assert.partialDeepStrictEqual((await stack.resource("b")).outputs, {
    id: "named-a",
    name: "named-b",
    bucketDomainName: "named-b.fra1.digitaloceanspaces.com",
  });
  await s3.send(new HeadBucketCommand({ Bucket: "named-a" }));
  await assert.rejects(s3.send(new HeadBucketCommand({ Bucket: "named-b" })), { name: "NotFound" });
  await stack.destroy();
  await assert.rejects(s3.send(new HeadBucketCommand({ Bucket: "named-a" })), { name: "NotFound" });
});

test("a bucket with objects goes with forceDestroy only, and then with every version", async (t) => {
  const stack = await spacesStack(t);
  const bucket = (force: boolean) =>
    program(
      stack,
      `new digitalocean.SpacesBucket("b", { name: "full-a", region: "fra1", versioning: { enabled: true }, forceDestroy: ${force} }, spaces);`,
    );
  bucket(false);
  await stack.up();
  for (const Body of ["one", "two"])
    await s3.send(new PutObjectCommand({ Bucket: "full-a", Key: "k", Body }));
  const refused = await stack.attempt(["destroy", "--yes", "--skip-preview"]);
  assert.notEqual(refused.code, 0);
  assert.match(refused.output, /BucketNotEmpty/);
  bucket(true);
  await stack.up();
  await stack.destroy();
  await assert.rejects(s3.send(new HeadBucketCommand({ Bucket: "full-a" })), { name: "NotFound" });
});

test("an ACL is not read back, a changed lifecycle is; refresh finds a bucket that is gone", async (t) => {
  const stack = await spacesStack(t);
  program(stack, 'new digitalocean.SpacesBucket("b", { name: "drift-a", region: "fra1" }, spaces);');
  await stack.up();
  await changeBehind("drift-a");
  await stack.refresh();
  assert.partialDeepStrictEqual((await stack.resource("b")).outputs, {
    acl: "private",
    versioning: { enabled: true },
  });
  await s3.send(new DeleteBucketCommand({ Bucket: "drift-a" }));
  await stack.refresh();
  assert.deepEqual(
    (await stack.preview()).map(({ op }) => op),
    ["create"],
  );
});

async function changeBehind(Bucket: string): Promise<void> {
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
}

test("import takes region and name", async (t) => {
  const stack = await spacesStack(t);
  const args = '{ name: "adopted-a", region: "fra1", versioning: { enabled: true } }';
  await s3.send(
    new CreateBucketCommand({
      Bucket: "adopted-a",
      CreateBucketConfiguration: { LocationConstraint: "fra1" as "eu-west-1" },
    }),
  );
  await changeBehind("adopted-a");
  program(stack, `new digitalocean.SpacesBucket("b", ${args}, { ...spaces, import: "fra1,adopted-a" });`);
  await stack.up();
  assert.partialDeepStrictEqual((await stack.resource("b")).outputs, { name: "adopted-a", region: "fra1" });
});

test("an object: content, headers, metadata, a new version, its ACL", async (t) => {
  const stack = await spacesStack(t);
  writeFileSync(join(stack.folder, "page.html"), "<p>page</p>");
  const objects = (content: string, acl: string) =>
    program(
      stack,
      `
      const bucket = new digitalocean.SpacesBucket("b", { name: "things-a", region: "fra1", versioning: { enabled: true }, forceDestroy: true }, spaces);
      const place = { bucket: bucket.name, region: "fra1" };
      new digitalocean.SpacesBucketObject("o", { ...place, key: "a///b.txt", content: "${content}", contentType: "text/plain", cacheControl: "max-age=60", metadata: { owner: "me" }, acl: "${acl}" }, spaces);
      new digitalocean.SpacesBucketObject("f", { ...place, key: "page.html", source: "page.html" }, spaces);`,
    );
  objects("one", "private");
  await stack.up();
  const { outputs } = await stack.resource("o");
  assert.partialDeepStrictEqual(outputs, {
    id: "a///b.txt",
    etag: "f97c5d29941bfb1b2fdab0874906ab82",
    contentType: "text/plain",
    metadata: { owner: "me" },
  });
  const stored = await s3.send(new GetObjectCommand({ Bucket: "things-a", Key: "a/b.txt" }));
  assert.equal(await stored.Body?.transformToString(), "one");
  assert.deepEqual([stored.CacheControl, stored.Metadata], ["max-age=60", { owner: "me" }]);
  const page = await s3.send(new GetObjectCommand({ Bucket: "things-a", Key: "page.html" }));
  assert.equal(await page.Body?.transformToString(), "<p>page</p>");
  assert.deepEqual(await stack.preview(), []);

  objects("two", "private");
  await stack.up();
  const versions = await s3.send(new ListObjectVersionsCommand({ Bucket: "things-a", Prefix: "a/" }));
  assert.equal(versions.Versions?.length, 2);
  assert.notEqual((await stack.resource("o")).outputs.versionId, outputs.versionId);

  objects("two", "public-read");
  const requests = await cloud.during(() => stack.up());
  assert.ok(requests.some((request) => request.endsWith("a/b.txt?acl") && request.startsWith("PUT")));
  const acl = await s3.send(new GetObjectAclCommand({ Bucket: "things-a", Key: "a/b.txt" }));
  assert.equal(acl.Grants?.length, 2);
  await stack.destroy();
});

test("CORS, policy and logging of a bucket", async (t) => {
  const stack = await spacesStack(t);
  const settings = (origin: string, source: string) =>
    program(
      stack,
      `
      const bucket = new digitalocean.SpacesBucket("b", { name: "set-a", region: "fra1" }, spaces);
      const logs = new digitalocean.SpacesBucket("l", { name: "set-logs-a", region: "fra1" }, spaces);
      const place = { bucket: bucket.name, region: "fra1" };
      new digitalocean.SpacesBucketCorsConfiguration("cors", { ...place, corsRules: [{ allowedMethods: ["PUT", "GET"], allowedOrigins: ["${origin}"], maxAgeSeconds: 60 }] }, spaces);
      new digitalocean.SpacesBucketPolicy("policy", { ...place, policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "Read", Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::set-a/*"], Condition: { IpAddress: { "aws:SourceIp": "${source}" } } }] }) }, spaces);
      new digitalocean.SpacesBucketLogging("logging", { ...place, targetBucket: logs.name, targetPrefix: "a/" }, spaces);`,
    );
  settings("https://one.example", "127.0.0.1/32");
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  assert.partialDeepStrictEqual((await stack.resource("cors")).outputs, { id: "set-a", bucket: "set-a" });
  assert.partialDeepStrictEqual((await stack.resource("logging")).outputs, { targetBucket: "set-logs-a" });
  await stack.refresh();
  assert.deepEqual(await stack.preview(), []);
  settings("https://two.example", "127.0.0.2/32");
  assert.deepEqual((await stack.preview()).map(({ op, name }) => `${op} ${name}`).sort(), [
    "update cors",
    "update policy",
  ]);
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  await stack.destroy();
});

test("a policy with another version of the language is refused", async (t) => {
  const stack = await spacesStack(t);
  program(
    stack,
    `
    const bucket = new digitalocean.SpacesBucket("b", { name: "old-a", region: "fra1" }, spaces);
    const policy = JSON.stringify({ Version: "2008-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::old-a/*" }] });
    new digitalocean.SpacesBucketPolicy("policy", { bucket: bucket.name, region: "fra1", policy }, spaces);`,
  );
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.match(output, /MalformedPolicy/);
  await stack.destroy();
});

test("a key: its secret comes once, stays in the state, and does what is granted", async (t) => {
  const stack = await spacesStack(t);
  const key = (name: string, permission: string) =>
    program(
      stack,
      `
      const bucket = new digitalocean.SpacesBucket("b", { name: "keyed-a", region: "fra1", forceDestroy: true }, spaces);
      const key = new digitalocean.SpacesKey("k", { name: "${name}", grants: [{ bucket: bucket.name, permission: "${permission}" }] }, spaces);
      export const id = key.accessKey;
      export const secret = key.secretKey;`,
    );
  key("one", "readwrite");
  await stack.up();
  const { outputs } = await stack.resource("k");
  assert.ok(outputs.secretKey instanceof Secret);
  const { id, secret } = await stack.outputs();
  const limited = new S3Client({
    endpoint: cloud.spaces.BREAKWATER_SPACES_PROXY ?? "",
    region: "fra1",
    forcePathStyle: true,
    credentials: { accessKeyId: String(id), secretAccessKey: String(secret) },
  });
  await limited.send(new PutObjectCommand({ Bucket: "keyed-a", Key: "k", Body: "b" }));
  key("two", "read");
  await stack.up();
  assert.deepEqual((await stack.resource("k")).outputs.secretKey, outputs.secretKey);
  await assert.rejects(limited.send(new PutObjectCommand({ Bucket: "keyed-a", Key: "k", Body: "b" })), {
    name: "AccessDenied",
  });
  assert.deepEqual(await stack.preview(), []);
  await stack.refresh();
  assert.deepEqual((await stack.resource("k")).outputs.secretKey, outputs.secretKey);
  await stack.destroy();
});

test("without a key nothing works, and the reason is told", async (t) => {
  const { SPACES_ENDPOINT_URL, BREAKWATER_SPACES_PROXY } = cloud.spaces;
  const nothing = { SPACES_ACCESS_KEY_ID: undefined, SPACES_SECRET_ACCESS_KEY: undefined };
  const stack = await spacesStack(t, { SPACES_ENDPOINT_URL, BREAKWATER_SPACES_PROXY, ...nothing });
  program(stack, 'new digitalocean.SpacesBucket("b", { name: "none-a", region: "fra1" }, spaces);');
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.match(output, /Spaces credentials not configured/);
});

test("a CDN endpoint: create, time to live and domain in place, another origin replaces, delete", async (t) => {
  const stack = await spacesStack(t);
  const cdn = (args: string) =>
    program(
      stack,
      `
      const bucket = new digitalocean.SpacesBucket("b", { name: "cdn-a", region: "fra1" }, spaces);
      const zone = new digitalocean.Domain("zone", { name: "cdn.example.com" }, spaces);
      const certificate = new digitalocean.Certificate("cert", { name: "cdn-a", type: "lets_encrypt", domains: ["static.cdn.example.com"] }, { ...spaces, dependsOn: zone });
      new digitalocean.Cdn("cdn", { origin: bucket.bucketDomainName, ${args} }, spaces);`,
    );
  cdn("");
  await stack.up();
  const { outputs } = await stack.resource("cdn");
  assert.partialDeepStrictEqual(outputs, {
    origin: "cdn-a.fra1.digitaloceanspaces.com",
    endpoint: "cdn-a.fra1.cdn.digitaloceanspaces.com",
    ttl: 3600,
  });
  assert.match(String(outputs.createdAt), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC$/);
  assert.deepEqual(await stack.preview(), []);

  cdn('ttl: 600, customDomain: "static.cdn.example.com", certificateName: certificate.name');
  const [update] = await stack.preview();
  assert.deepEqual(
    [update?.op, update?.changes.ttl, update?.changes.customDomain],
    ["update", "update", "update"],
  );
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  assert.partialDeepStrictEqual((await stack.resource("cdn")).outputs, {
    id: outputs.id,
    ttl: 600,
    customDomain: "static.cdn.example.com",
    certificateName: "cdn-a",
    certificateId: "cdn-a",
  });
  await cloud.call("POST", "/_local/certificates/cdn-a/renew");
  await stack.refresh();
  assert.deepEqual(await stack.preview(), [], "a renewed certificate is the same by its name");
  await stack.destroy();
});

test("a CDN endpoint in front of nothing, or for an odd time, is refused", async (t) => {
  const stack = await spacesStack(t);
  for (const args of ['{ origin: "none.fra1.digitaloceanspaces.com" }', '{ origin: "x", ttl: 61 }']) {
    program(stack, `new digitalocean.Cdn("cdn", ${args}, spaces);`);
    const { code, output } = await stack.tryUp();
    assert.notEqual(code, 0);
    assert.match(output, /422/);
  }
});

test("functions tell of buckets, objects and keys what the resources would", async (t) => {
  const stack = await spacesStack(t);
  program(
    stack,
    `
    const bucket = new digitalocean.SpacesBucket("b", { name: "told-a", region: "fra1", forceDestroy: true }, spaces);
    const place = { bucket: bucket.name, region: "fra1" };
    const keys = ["a/1.txt", "a/2.txt", "b.txt"];
    const objects = keys.map((key) => new digitalocean.SpacesBucketObject(key, { ...place, key, content: key, contentType: "text/plain" }, spaces));
    const after = { ...spaces, dependsOn: objects };
    const key = new digitalocean.SpacesKey("k", { name: "teller", grants: [{ bucket: bucket.name, permission: "read" }] }, spaces);
    export const one = digitalocean.getSpacesBucketOutput({ name: bucket.name, region: "fra1" }, spaces);
    export const all = digitalocean.getSpacesBucketsOutput({ filters: [{ key: "name", values: ["told-a"] }] }, after);
    export const listed = digitalocean.getSpacesBucketObjectsOutput({ ...place, delimiter: "/" }, after);
    export const inside = digitalocean.getSpacesBucketObjectsOutput({ ...place, prefix: "a/", maxKeys: 1 }, after);
    export const object = digitalocean.getSpacesBucketObjectOutput({ ...place, key: "b.txt", range: "bytes=0-0" }, after);
    export const keyed = digitalocean.getSpacesKeyOutput({ accessKey: key.accessKey }, spaces);`,
  );
  await stack.up();
  const told = {
    name: "told-a",
    region: "fra1",
    urn: "do:space:told-a",
    bucketDomainName: "told-a.fra1.digitaloceanspaces.com",
    endpoint: "fra1.digitaloceanspaces.com",
  };
  assert.partialDeepStrictEqual(await stack.outputs(), {
    one: { ...told, id: "told-a" },
    all: { buckets: [told] },
    listed: { keys: ["b.txt"], commonPrefixes: ["a/"], owners: ["10000001"] },
    inside: { keys: ["a/1.txt"] },
    object: { id: "told-a/b.txt", body: "b", contentLength: 1, contentType: "text/plain" },
    keyed: { name: "teller", grants: [{ bucket: "told-a", permission: "read" }] },
  });
  await stack.destroy();
});
