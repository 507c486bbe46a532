import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import {
  type BucketCannedACL,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketPolicyCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketLoggingCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { addressOf } from "./address.ts";
import { EMPTY_HASH, signed } from "./signature.ts";
import { spacesFor } from "./testing.ts";

const Bucket = "docs";

test("a bucket is made in a region, found, listed, refused a second time, and gone when it is empty", async (t) => {
  const { s3, api } = await spacesFor(t);
  const inRegion = (name: string, region: string) =>
    s3.send(
      new CreateBucketCommand({
        Bucket: name,
        CreateBucketConfiguration: { LocationConstraint: region as "EU" },
      }),
    );
  await inRegion(Bucket, "ams3");
  assert.equal((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, "ams3");
  await s3.send(new HeadBucketCommand({ Bucket }));
  assert.deepEqual(
    (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
    [Bucket],
  );
  await assert.rejects(inRegion(Bucket, "ams3"), { name: "BucketAlreadyExists" });
  await assert.rejects(inRegion("other", "mars1"), { name: "InvalidLocationConstraint" });
  for (const name of ["UPPER", "a", "with_line", "-dash", "1.2.3.4", "a..b", "x".repeat(64)])
    await assert.rejects(inRegion(name, "ams3"), { name: "InvalidBucketName" }, name);

  const { projects } = (await api.get<{ projects: { id: string }[] }>("/v2/projects")).body;
  const { resources } = (
    await api.get<{ resources: { urn: string }[] }>(`/v2/projects/${projects[0]?.id}/resources`)
  ).body;
  assert.ok(
    resources.some(({ urn }) => urn === `do:space:${Bucket}`),
    "it lies in the default project",
  );

  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  await assert.rejects(s3.send(new DeleteBucketCommand({ Bucket })), { name: "BucketNotEmpty" });
  const { DeleteObjectCommand } = await import("@aws-sdk/client-s3");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
  await assert.rejects(s3.send(new HeadBucketCommand({ Bucket })), { name: "NotFound" });
  await assert.rejects(s3.send(new ListObjectsV2Command({ Bucket })), { name: "NoSuchBucket" });
});

test("an account has a hundred buckets at most", async (t) => {
  const { s3 } = await spacesFor(t);
  for (let at = 0; at < 100; at++) await s3.send(new CreateBucketCommand({ Bucket: `bucket-${at}` }));
  await assert.rejects(s3.send(new CreateBucketCommand({ Bucket: "one-more" })), { name: "TooManyBuckets" });
});

test("hosts and paths are read as the platform and this machine have them", () => {
  const cases: [host: string, path: string, expected: object][] = [
    ["docs.fra1.digitaloceanspaces.com", "/a/b%20c", { bucket: "docs", key: "a/b c", region: "fra1" }],
    ["fra1.digitaloceanspaces.com", "/docs", { bucket: "docs", region: "fra1" }],
    ["fra1.digitaloceanspaces.com", "/", { region: "fra1" }],
    ["FRA1.digitaloceanspaces.localhost:7481", "/docs/", { bucket: "docs", region: "fra1" }],
    ["a.b.nyc3.spaces.example:80", "/", { bucket: "a.b", region: "nyc3" }],
    ["127.0.0.1:7481", "/docs/k", { bucket: "docs", key: "k" }],
    ["localhost:7481", "/", {}],
    ["[::1]:7481", "/docs", { bucket: "docs" }],
    ["docs.fra1.cdn.digitaloceanspaces.com", "/a", { bucket: "docs", key: "a", region: "fra1", cdn: "a" }],
    ["127.0.0.1:7481", "/cdn/docs/a%20b", { bucket: "docs", key: "a b", cdn: "a%20b" }],
    ["docs.s3.example", "/k", { bucket: "docs", key: "k" }],
    ["s3.example", "/docs/k", { bucket: "docs", key: "k" }],
  ];
  for (const [host, path, expected] of cases)
    assert.deepEqual(
      addressOf(host, path, "GET", (name) => name === "docs"),
      expected,
      host + path,
    );
  assert.deepEqual(
    addressOf("new.s3.example", "/", "PUT", () => false),
    { bucket: "new" },
  );
});

test("virtual hosts through the proxy, as the provider asks: the host names the region", async (t) => {
  const { cloud, s3 } = await spacesFor(t);
  const proxy = new URL(cloud.spaces.proxy);
  const ask = (method: string, host: string, path = "/", query = "") =>
    new Promise<number>((resolve, reject) => {
      const signable = { method, path, query, headers: { host } };
      const headers = { host, ...signed(signable, cloud.spacesKey, EMPTY_HASH, "us-east-1", Date.now()) };
      const url = `http://${host}${path}${query && `?${query}`}`;
      request({ host: proxy.hostname, port: proxy.port, method, path: url, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });
  assert.equal(await ask("PUT", "docs.ams3.digitaloceanspaces.localhost"), 200);
  assert.equal(await ask("HEAD", "docs.ams3.digitaloceanspaces.localhost"), 200);
  assert.equal(await ask("GET", "ams3.digitaloceanspaces.localhost", "/docs", "location="), 200);
  assert.equal(
    await ask("HEAD", "docs.fra1.digitaloceanspaces.localhost"),
    404,
    "another region's endpoint knows nothing of it",
  );
  assert.equal((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, "ams3");
});

test("an ACL of the bucket opens its listing, one of an object the object; neither the other", async (t) => {
  const { s3, fetch } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "private", Body: "p" }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "open", Body: "o", ACL: "public-read" }));
  const status = async (path: string, init?: RequestInit) => (await fetch(path, init)).status;
  const all = () =>
    Promise.all([
      status(`/${Bucket}`),
      status(`/${Bucket}/private`),
      status(`/${Bucket}/open`),
      status(`/${Bucket}/none`),
    ]);
  assert.deepEqual(await all(), [403, 403, 200, 403], "who may not list does not learn what is not there");
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
  assert.deepEqual(await all(), [200, 403, 200, 404]);
  assert.equal((await s3.send(new GetBucketAclCommand({ Bucket }))).Grants?.length, 2);
  await s3.send(new PutObjectAclCommand({ Bucket, Key: "private", ACL: "public-read" }));
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: "private" }));
  assert.deepEqual(await all(), [403, 200, 200, 403]);
  assert.equal(await status(`/${Bucket}/new`, { method: "PUT", body: "x" }), 403);
  assert.equal(await status(`/${Bucket}/open`, { method: "DELETE" }), 403);
  assert.equal(await status("/"), 403);
  await assert.rejects(s3.send(new PutBucketAclCommand({ Bucket, ACL: "nonsense" as BucketCannedACL })), {
    name: "InvalidArgument",
  });
  const { Owner, Grants } = await s3.send(new GetBucketAclCommand({ Bucket }));
  await s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: { Owner, Grants } }));
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read-write" }));
  assert.equal(await status(`/${Bucket}/new`, { method: "PUT", body: "x" }), 200);
});

test("CORS: kept as it is put, answers preflights and requests, and can go", async (t) => {
  const { s3, fetch } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await assert.rejects(s3.send(new GetBucketCorsCommand({ Bucket })), { name: "NoSuchCORSConfiguration" });
  const CORSRules = [
    {
      ID: "app",
      AllowedOrigins: ["https://*.example"],
      AllowedMethods: ["PUT", "GET"],
      AllowedHeaders: ["x-amz-*"],
      ExposeHeaders: ["ETag"],
      MaxAgeSeconds: 60,
    },
    { AllowedOrigins: ["*"], AllowedMethods: ["HEAD"] },
  ];
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
  assert.deepEqual((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules, CORSRules);
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ACL: "public-read" }));
  const preflight = (origin: string, method: string, headers = "") =>
    fetch(`/${Bucket}/k`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": method, "access-control-request-headers": headers },
    });
  const good = await preflight("https://app.example", "PUT", "X-Amz-Acl");
  assert.deepEqual(
    ["origin", "methods", "headers"].map((name) => good.headers.get(`access-control-allow-${name}`)),
    ["https://app.example", "PUT, GET", "X-Amz-Acl"],
  );
  assert.equal(good.headers.get("access-control-max-age"), "60");
  for (const bad of [
    preflight("https://other.org", "PUT"),
    preflight("https://app.example", "DELETE"),
    preflight("https://app.example", "PUT", "x-other"),
  ])
    assert.equal((await bad).status, 403);
  const seen = await fetch(`/${Bucket}/k`, { headers: { origin: "https://app.example" } });
  assert.equal(seen.headers.get("access-control-expose-headers"), "ETag");
  const refused = await fetch(`/${Bucket}/none`, { headers: { origin: "https://app.example" } });
  assert.equal(refused.status, 403);
  assert.equal(
    refused.headers.get("access-control-allow-origin"),
    "https://app.example",
    "a page may see why",
  );
  await assert.rejects(
    s3.send(
      new PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: { CORSRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["BREW"] }] },
      }),
    ),
    { name: "InvalidRequest" },
  );
  await s3.send(new DeleteBucketCorsCommand({ Bucket }));
  assert.equal((await preflight("https://app.example", "PUT")).status, 403);
});

test("a policy opens and closes: to an address, to everyone, to the account itself", async (t) => {
  const { s3, fetch } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  const set = (...Statement: object[]) =>
    s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
    );
  const read = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const from = (address: string) => ({ Condition: { IpAddress: { "aws:SourceIp": address } } });
  const status = async () => (await fetch(`/${Bucket}/k`)).status;
  await assert.rejects(s3.send(new GetBucketPolicyCommand({ Bucket })), { name: "NoSuchBucketPolicy" });
  assert.equal(await status(), 403);
  await set({ ...read, ...from("127.0.0.1/32") });
  assert.equal(await status(), 200);
  await set({ ...read, ...from("127.22.0.1/32") });
  assert.equal(await status(), 403);
  await set(read);
  assert.equal(await status(), 200);
  await assert.rejects(set({ ...read, Resource: "arn:aws:s3:::other/*" }), { name: "MalformedPolicy" });
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  assert.equal(await status(), 403);
  // The trap of TF#1506: whoever is not at the address is locked out, the deployer included.
  await set({
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.1" } },
  });
  for (const command of [
    new GetBucketPolicyCommand({ Bucket }),
    new DeleteBucketPolicyCommand({ Bucket }),
    new DeleteBucketCommand({ Bucket }),
  ])
    await assert.rejects(s3.send(command as GetBucketPolicyCommand), { name: "AccessDenied" });
});

test("a policy and a limited key exclude each other", async (t) => {
  const { s3, api } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` },
    ],
  });
  const grants = [{ bucket: Bucket, permission: "read" }];
  const key = await api.make<{ access_key: string }>("/v2/spaces/keys", { name: "limited", grants });
  await assert.rejects(s3.send(new PutBucketPolicyCommand({ Bucket, Policy })), { name: "AccessDenied" });
  await api.delete(`/v2/spaces/keys/${key.access_key}`);
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  assert.equal((await api.post("/v2/spaces/keys", { name: "limited", grants })).status, 400);
});

test("access logs go to another bucket of the region", async (t) => {
  const { s3 } = await spacesFor(t);
  for (const name of [Bucket, "logs"]) await s3.send(new CreateBucketCommand({ Bucket: name }));
  const set = (TargetBucket: string) =>
    s3.send(
      new PutBucketLoggingCommand({
        Bucket,
        BucketLoggingStatus: { LoggingEnabled: { TargetBucket, TargetPrefix: "a/" } },
      }),
    );
  for (const target of [Bucket, "missing"])
    await assert.rejects(set(target), { name: "InvalidTargetBucketForLogging" });
  await set("logs");
  const shown = await s3.send(new GetBucketLoggingCommand({ Bucket }));
  assert.deepEqual(shown.LoggingEnabled, { TargetBucket: "logs", TargetPrefix: "a/" });
  await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }));
  assert.equal((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled, undefined);
});

test("a new bucket has nothing set", async (t) => {
  const { s3 } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket }));
  assert.equal((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
  await assert.rejects(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })), {
    name: "NoSuchLifecycleConfiguration",
  });
  assert.ok(s3 instanceof S3Client);
});
