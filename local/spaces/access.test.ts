import assert from "node:assert/strict";
import { mock, test } from "node:test";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { EMPTY_HASH, signed } from "./signature.ts";
import { spacesFor } from "./testing.ts";

const Bucket = "mine";

test("only the right secret signs", async (t) => {
  const { s3, client, cloud } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const { accessKeyId } = cloud.spacesKey;
  const list = (who: S3Client) => who.send(new ListObjectsV2Command({ Bucket }));
  await assert.rejects(list(client({ accessKeyId, secretAccessKey: "wrong" })), {
    name: "SignatureDoesNotMatch",
  });
  await assert.rejects(list(client({ accessKeyId: "DO00NOBODY", secretAccessKey: "x" })), {
    name: "InvalidAccessKeyId",
  });
});

test("a signature is of one time, one body and one form", async (t) => {
  const { cloud, fetch } = await spacesFor(t);
  const { host } = new URL(cloud.spaces.proxy);
  const send = async (headers: Record<string, string>, init: RequestInit = {}) => {
    const answer = await fetch("/mine", { ...init, headers });
    return /<Code>(\w+)/.exec(await answer.text())?.[1] ?? answer.status;
  };
  const sign = (time: number, hash = EMPTY_HASH, method = "GET") =>
    signed({ method, path: "/mine", query: "", headers: { host } }, cloud.spacesKey, hash, "fra1", time);
  const now = Date.now();
  assert.equal(await send(sign(now)), "NoSuchBucket");
  assert.equal(await send(sign(now - 16 * 60_000)), "RequestTimeTooSkewed");
  assert.equal(await send(sign(now + 16 * 60_000)), "RequestTimeTooSkewed");
  const { "x-amz-date": _, ...dateless } = sign(now);
  assert.equal(await send(dateless), "AccessDenied");
  const { "x-amz-content-sha256": __, ...bodiless } = sign(now);
  assert.equal(await send(bodiless), "InvalidRequest");
  assert.equal(
    await send({ ...sign(now), authorization: "AWS4-HMAC-SHA256 Credential=a" }),
    "AuthorizationHeaderMalformed",
  );
  assert.equal(await send({ ...sign(now), authorization: "Basic eDp5" }), "AuthorizationHeaderMalformed");
  const date = new Date(now).toUTCString();
  assert.equal(await send({ date, authorization: "AWS key:signature" }), "InvalidAccessKeyId");
  const other = "0".repeat(64);
  assert.equal(
    await send(sign(now, other, "PUT"), { method: "PUT" }),
    "XAmzContentSHA256Mismatch",
    "the body is not the signed one",
  );
});

test("a signed URL ends, can't be stretched, and is for one method", async (t) => {
  const { s3 } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "k" }), { expiresIn: 60 });
  const code = async (target: string, init?: RequestInit) => {
    const answer = await fetch(target, init);
    return /<Code>(\w+)/.exec(await answer.text())?.[1] ?? answer.status;
  };
  assert.equal(await code(url), 200);
  assert.equal(await code(url, { method: "DELETE" }), "SignatureDoesNotMatch");
  assert.equal(await code(url.replace("Expires=60", "Expires=6000")), "SignatureDoesNotMatch");
  assert.equal(await code(url.replace("Expires=60", "Expires=604801")), "AccessDenied");
  assert.equal(await code(url.replace("/k?", "/other?")), "SignatureDoesNotMatch");
  assert.equal(await code(url.replace(/&?X-Amz-Credential=[^&]+/, "")), "AuthorizationQueryParametersError");
  mock.timers.enable({ apis: ["Date"], now: Date.now() + 61_000 });
  t.after(() => mock.timers.reset());
  assert.equal(await code(url), "AccessDenied");
});

test("a key does what it is granted, on its bucket alone", async (t) => {
  const { s3, api, client } = await spacesFor(t);
  for (const name of [Bucket, "other", "doomed"]) await s3.send(new CreateBucketCommand({ Bucket: name }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  const keyed = async (grants: object[]) => {
    const made = await api.make<{ access_key: string; secret_key: string }>("/v2/spaces/keys", {
      name: "limited",
      grants,
    });
    return client({ accessKeyId: made.access_key, secretAccessKey: made.secret_key });
  };
  const operations: Record<string, (who: S3Client, bucket: string) => Promise<unknown>> = {
    list: (who, Bucket) => who.send(new ListObjectsV2Command({ Bucket })),
    get: (who, Bucket) => who.send(new GetObjectCommand({ Bucket, Key: "k" })),
    put: (who, Bucket) => who.send(new PutObjectCommand({ Bucket, Key: "k", Body: "y" })),
    publish: (who, Bucket) => who.send(new PutObjectAclCommand({ Bucket, Key: "k", ACL: "private" })),
    delete: (who, Bucket) => who.send(new DeleteObjectCommand({ Bucket, Key: "none" })),
    acl: (who, Bucket) => who.send(new GetBucketAclCommand({ Bucket })),
    version: (who, Bucket) =>
      who.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
    create: (who) => who.send(new CreateBucketCommand({ Bucket: "created-by-key" })),
    destroy: (who) => who.send(new DeleteBucketCommand({ Bucket: "doomed" })),
  };
  const allowed = async (who: S3Client, bucket: string) => {
    const names: string[] = [];
    for (const [name, operation] of Object.entries(operations)) {
      const done = await operation(who, bucket).then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof Error && error.name === "AccessDenied", `${name}: ${String(error)}`);
          return false;
        },
      );
      if (done) names.push(name);
    }
    return names;
  };
  const buckets = async (who: S3Client) =>
    (await who.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name) ?? [];
  const reader = await keyed([{ bucket: Bucket, permission: "read" }]);
  assert.deepEqual(await allowed(reader, Bucket), ["list", "get"]);
  assert.deepEqual(await allowed(reader, "other"), []);
  assert.deepEqual(await buckets(reader), [Bucket]);
  const writer = await keyed([{ bucket: Bucket, permission: "readwrite" }]);
  assert.deepEqual(await allowed(writer, Bucket), ["list", "get", "put", "publish", "delete"]);
  assert.deepEqual(await allowed(writer, "other"), []);
  const nobody = await keyed([]);
  assert.deepEqual(await allowed(nobody, Bucket), []);
  assert.deepEqual(await buckets(nobody), []);
  const full = await keyed([{ bucket: "", permission: "fullaccess" }]);
  assert.deepEqual(await allowed(full, Bucket), Object.keys(operations));
});

test("keys in the API: the secret comes once, full access goes before all, and does not mix", async (t) => {
  const { api, cloud } = await spacesFor(t);
  interface Key {
    access_key: string;
    secret_key?: string;
    grants: object[];
    name: string;
  }
  const path = "/v2/spaces/keys";
  const made = await api.make<Key>(path, { name: "one", grants: [{ bucket: "b", permission: "read" }] });
  assert.match(made.access_key, /^DO00[A-Z0-9]{16}$/);
  assert.equal(made.secret_key?.length, 43);
  const { key } = (await api.get<{ key: Key }>(`${path}/${made.access_key}`)).body;
  assert.equal(key.secret_key, undefined);
  const mixed = await api.make<Key>(path, {
    name: "two",
    grants: [
      { bucket: "b", permission: "read" },
      { bucket: "", permission: "fullaccess" },
    ],
  });
  assert.deepEqual(mixed.grants, [{ bucket: "", permission: "fullaccess" }]);
  const renamed = await api.patch<{ key: Key }>(`${path}/${made.access_key}`, { name: "three" });
  assert.partialDeepStrictEqual(renamed.body.key, { name: "three", grants: made.grants });
  const full = { name: "three", grants: mixed.grants };
  assert.equal((await api.put(`${path}/${made.access_key}`, full)).status, 400);
  assert.equal((await api.put(`${path}/${mixed.access_key}`, { name: "x", grants: [] })).status, 400);
  assert.equal(
    (await api.post(path, { name: "x", grants: [{ bucket: "b", permission: "own" }] })).status,
    400,
  );
  assert.equal((await api.post(path, { grants: [] })).status, 400);
  const { keys } = (await api.get<{ keys: Key[] }>(`${path}?bucket=b`)).body;
  assert.deepEqual(
    keys.map(({ name }) => name),
    ["three"],
  );
  assert.equal((await api.delete(`${path}/${made.access_key}`)).status, 204);
  assert.equal((await api.get(`${path}/${made.access_key}`)).status, 404);
  assert.ok(
    (await api.get<{ keys: Key[] }>(path)).body.keys.some(
      ({ access_key }) => access_key === cloud.spacesKey.accessKeyId,
    ),
  );
});
