import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import fc from "fast-check";
import { signed } from "./signature.ts";
import { type Spaces, spacesFor } from "./testing.ts";

const Bucket = "things";

async function bucketFor(t: TestContext): Promise<Spaces> {
  const spaces = await spacesFor(t);
  await spaces.s3.send(new CreateBucketCommand({ Bucket }));
  return spaces;
}

const put = (s3: S3Client, Key: string, Body: string | Buffer, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const textOf = async (s3: S3Client, Key: string, more: object = {}) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();
const answered = (status: number) => (error: unknown) =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
const md5 = (body: string | Buffer) => `"${createHash("md5").update(body).digest("hex")}"`;

test("an object comes back as it was put: bytes, headers, metadata, ETag, whatever its key", async (t) => {
  const { s3 } = await bucketFor(t);
  const key = fc
    .string({ unit: "binary", minLength: 1, maxLength: 20 })
    .filter((one) => !/^[./]|\/\.|\p{Cs}/u.test(one));
  await fc.assert(
    fc.asyncProperty(key, fc.uint8Array({ maxLength: 2000 }), async (Key, bytes) => {
      const body = Buffer.from(bytes);
      const { ETag } = await put(s3, Key, body);
      assert.equal(ETag, md5(body));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
      assert.deepEqual(Buffer.from((await got.Body?.transformToByteArray()) ?? []), body);
      const { Contents } = await s3.send(
        new ListObjectsV2Command({ Bucket, Prefix: Key, EncodingType: "url" }),
      );
      assert.ok(
        Contents?.some((one) => decodeURIComponent(one.Key ?? "") === Key && one.Size === body.length),
      );
    }),
    { numRuns: 40 },
  );
  const about = {
    ContentType: "text/html",
    CacheControl: "private, no-store",
    ContentDisposition: 'attachment; filename="a.html"',
    ContentLanguage: "de",
    ContentEncoding: "identity",
    Metadata: { owner: "me", "other-one": "a b" },
  };
  await put(s3, "page", "<p>", about);
  assert.partialDeepStrictEqual(await s3.send(new HeadObjectCommand({ Bucket, Key: "page" })), about);
  const plain = await s3.send(new HeadObjectCommand({ Bucket, Key: "page" }));
  assert.equal(plain.VersionId, undefined, "a bucket that was never versioned says nothing of versions");
});

test("every way in which a body can travel and be vouched for", async (t) => {
  const { s3, client, cloud } = await bucketFor(t);
  const body = randomBytes(200_000);
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"] as const) {
    await put(s3, ChecksumAlgorithm, body, { ChecksumAlgorithm });
    const got = await s3.send(
      new GetObjectCommand({ Bucket, Key: ChecksumAlgorithm, ChecksumMode: "ENABLED" }),
    );
    await got.Body?.transformToByteArray(); // the client compares the checksum
    assert.ok(got[`Checksum${ChecksumAlgorithm}`]);
  }
  // A stream travels in chunks with its checksum behind it.
  const streamed = client(cloud.spacesKey, { requestStreamBufferSize: 64 * 1024 });
  await streamed.send(
    new PutObjectCommand({ Bucket, Key: "stream", Body: Readable.from([body]), ContentLength: body.length }),
  );
  assert.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: "stream" }))).ETag, md5(body));
  const plain = client(cloud.spacesKey, { requestChecksumCalculation: "WHEN_REQUIRED" });
  await put(plain, "plain", body, { ContentMD5: createHash("md5").update(body).digest("base64") });

  await assert.rejects(
    put(plain, "bad", body, { ContentMD5: createHash("md5").update("x").digest("base64") }),
    {
      name: "BadDigest",
    },
  );
  await assert.rejects(put(plain, "bad", body, { ContentMD5: "short" }), { name: "InvalidDigest" });
  await assert.rejects(
    put(s3, "bad", body, { ChecksumSHA256: createHash("sha256").update("x").digest("base64") }),
    {
      name: "BadDigest",
    },
  );
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "bad" }));
  assert.equal(Contents, undefined, "what was refused is not there");
});

test("ranges", async (t) => {
  const { s3 } = await bucketFor(t);
  await put(s3, "k", "0123456789");
  const cases: [range: string, body: string, shown: string | undefined][] = [
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=4-", "456789", "bytes 4-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
    ["bytes=-99", "0123456789", "bytes 0-9/10"],
    ["bytes=3-1", "0123456789", undefined],
    ["lines=1-2", "0123456789", undefined],
  ];
  for (const [Range, expected, shown] of cases) {
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k", Range }));
    assert.deepEqual([await got.Body?.transformToString(), got.ContentRange], [expected, shown], Range);
  }
  await assert.rejects(
    s3.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=10-" })),
    answered(416),
  );
});

test("conditions on reading, writing and copying", async (t) => {
  const { s3 } = await bucketFor(t);
  const { ETag = "" } = await put(s3, "k", "body");
  const past = new Date(0);
  const future = new Date(Date.now() + 3_600_000);
  const read = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key: "k", ...more }));
  await read({ IfMatch: ETag });
  await read({ IfUnmodifiedSince: future });
  await read({ IfNoneMatch: '"other"', IfModifiedSince: future });
  for (const more of [{ IfMatch: '"other"' }, { IfUnmodifiedSince: past }])
    await assert.rejects(read(more), { name: "PreconditionFailed" });
  for (const more of [{ IfNoneMatch: ETag }, { IfModifiedSince: new Date() }])
    await assert.rejects(read(more), answered(304));

  await assert.rejects(put(s3, "k", "new", { IfNoneMatch: "*" }), { name: "PreconditionFailed" });
  await put(s3, "fresh", "new", { IfNoneMatch: "*" });
  await assert.rejects(put(s3, "k", "new", { IfMatch: '"other"' }), { name: "PreconditionFailed" });
  await put(s3, "k", "new", { IfMatch: ETag });
  const copy = (more: object) =>
    s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/k`, ...more }));
  await assert.rejects(copy({ CopySourceIfMatch: '"other"' }), { name: "PreconditionFailed" });
  await copy({ CopySourceIfNoneMatch: '"other"' });
});

test("copies: with the old metadata or with new, of a version, never onto itself unchanged", async (t) => {
  const { s3 } = await bucketFor(t);
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const first = await put(s3, "a b/ü", "one", { Metadata: { n: "1" }, ContentType: "text/plain" });
  await put(s3, "a b/ü", "two");
  const CopySource = encodeURI(`/${Bucket}/a b/ü`);
  await s3.send(new CopyObjectCommand({ Bucket, Key: "new", CopySource }));
  assert.equal(await textOf(s3, "new"), "two");
  await s3.send(
    new CopyObjectCommand({ Bucket, Key: "old", CopySource: `${CopySource}?versionId=${first.VersionId}` }),
  );
  assert.equal(await textOf(s3, "old"), "one");
  assert.partialDeepStrictEqual(await s3.send(new HeadObjectCommand({ Bucket, Key: "old" })), {
    Metadata: { n: "1" },
    ContentType: "text/plain",
  });
  await s3.send(
    new CopyObjectCommand({
      Bucket,
      Key: "old",
      CopySource: `${Bucket}/old`,
      MetadataDirective: "REPLACE",
      Metadata: { n: "2" },
    }),
  );
  assert.deepEqual((await s3.send(new HeadObjectCommand({ Bucket, Key: "old" }))).Metadata, { n: "2" });
  await assert.rejects(s3.send(new CopyObjectCommand({ Bucket, Key: "old", CopySource: `${Bucket}/old` })), {
    name: "InvalidRequest",
  });
  // The copy stays when its source goes.
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "a b/ü", VersionId: first.VersionId }));
  assert.equal(await textOf(s3, "old"), "one");
});

test("versions: markers, reading and deleting one, what becomes the latest, suspension", async (t) => {
  const { s3 } = await bucketFor(t);
  await put(s3, "k", "null");
  const versioning = (Status: "Enabled" | "Suspended") =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  await versioning("Enabled");
  const one = await put(s3, "k", "one");
  const two = await put(s3, "k", "two");
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  assert.equal(marker.DeleteMarker, true);
  await assert.rejects(textOf(s3, "k"), { name: "NoSuchKey" });
  assert.equal(await textOf(s3, "k", { VersionId: one.VersionId }), "one");
  assert.equal(await textOf(s3, "k", { VersionId: "null" }), "null");
  await assert.rejects(textOf(s3, "k", { VersionId: marker.VersionId }), answered(405));

  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  assert.deepEqual(
    listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    [
      [two.VersionId, false],
      [one.VersionId, false],
      ["null", false],
    ],
  );
  assert.deepEqual(
    listed.DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    [[marker.VersionId, true]],
  );
  const seen: (string | undefined)[] = [];
  for (let next: { KeyMarker?: string; VersionIdMarker?: string } = {}; ; ) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, ...next }));
    seen.push(...[...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ VersionId }) => VersionId));
    if (!page.IsTruncated) break;
    next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  assert.deepEqual(seen, [marker.VersionId, two.VersionId, one.VersionId, "null"]);

  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: marker.VersionId }));
  assert.equal(await textOf(s3, "k"), "two");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: two.VersionId }));
  assert.equal(await textOf(s3, "k"), "one");

  await versioning("Suspended");
  assert.equal((await put(s3, "k", "again")).VersionId, undefined, "a suspended bucket names no version");
  assert.deepEqual(
    (await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions?.map(({ VersionId }) => VersionId),
    ["null", one.VersionId],
  );
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  const after = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  assert.deepEqual(
    after.DeleteMarkers?.map(({ VersionId }) => VersionId),
    ["null"],
  );
  assert.deepEqual(
    after.Versions?.map(({ VersionId }) => VersionId),
    [one.VersionId],
  );
});

test("the two listings: pages, prefixes, markers", async (t) => {
  const { s3 } = await bucketFor(t);
  for (const key of ["a/1", "a/2", "b", "c/1", "d ü"]) await put(s3, key, "x");
  const v1 = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys: 2 }));
  assert.deepEqual([v1.CommonPrefixes?.[0]?.Prefix, v1.Contents?.[0]?.Key, v1.NextMarker], ["a/", "b", "b"]);
  const rest = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: "/", Marker: v1.NextMarker }));
  assert.deepEqual([rest.CommonPrefixes?.[0]?.Prefix, rest.Contents?.[0]?.Key], ["c/", "d ü"]);
  const v2 = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: "a/1", MaxKeys: 1 }));
  assert.deepEqual([v2.Contents?.[0]?.Key, v2.KeyCount, v2.IsTruncated], ["a/2", 1, true]);
  const next = await s3.send(
    new ListObjectsV2Command({ Bucket, ContinuationToken: v2.NextContinuationToken }),
  );
  assert.deepEqual(
    next.Contents?.map(({ Key }) => Key),
    ["b", "c/1", "d ü"],
  );
  const encoded = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "d", EncodingType: "url" }));
  assert.equal(encoded.Contents?.[0]?.Key, "d%20%C3%BC");
  await assert.rejects(s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: "!" })), {
    name: "InvalidArgument",
  });
});

test("many deletions in one request, each with its result", async (t) => {
  const { s3, client, api } = await bucketFor(t);
  for (const key of ["a", "b"]) await put(s3, key, "x");
  const wanted = { Objects: [{ Key: "a" }, { Key: "never there" }] };
  const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: wanted }));
  assert.deepEqual(
    Deleted?.map(({ Key }) => Key),
    ["a", "never there"],
  );
  const made = await api.make<{ access_key: string; secret_key: string }>("/v2/spaces/keys", {
    name: "reader",
    grants: [{ bucket: Bucket, permission: "read" }],
  });
  const reader = client({ accessKeyId: made.access_key, secretAccessKey: made.secret_key });
  const { Errors } = await reader.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "b" }] } }),
  );
  assert.deepEqual(
    Errors?.map(({ Key, Code }) => [Key, Code]),
    [["b", "AccessDenied"]],
  );
  assert.equal(await textOf(s3, "b"), "x");
});

test("parts: any order, again, listed, copied; completed or aborted", async (t) => {
  const { s3 } = await bucketFor(t);
  const Key = "big";
  const big = randomBytes(5 * 1024 * 1024);
  await put(s3, "source", big);
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "video/mp4", ChecksumAlgorithm: "CRC32" }),
  );
  const upload = { Bucket, Key, UploadId };
  const part = (PartNumber: number, Body: Buffer) =>
    s3.send(new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: "CRC32" }));
  const end = await part(7, Buffer.from("end"));
  await part(1, Buffer.from("wrong"));
  const first = await part(1, big);
  const second = await s3.send(
    new UploadPartCopyCommand({
      ...upload,
      PartNumber: 2,
      CopySource: `${Bucket}/source`,
      CopySourceRange: "bytes=0-5242879",
    }),
  );
  await assert.rejects(textOf(s3, Key), { name: "NoSuchKey" }, "it isn't there before it is whole");
  const listed = await s3.send(new ListPartsCommand({ ...upload }));
  assert.deepEqual(
    listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
    [
      [1, big.length],
      [2, big.length],
      [7, 3],
    ],
  );
  assert.deepEqual(
    (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.map((one) => one.Key),
    [Key],
  );

  const complete = (...Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  const parts = [
    { PartNumber: 1, ETag: first.ETag },
    { PartNumber: 2, ETag: second.CopyPartResult?.ETag },
    { PartNumber: 7, ETag: end.ETag },
  ] as const;
  await assert.rejects(complete(parts[1], parts[0]), { name: "InvalidPartOrder" });
  await assert.rejects(complete({ PartNumber: 1, ETag: '"other"' }), { name: "InvalidPart" });
  await assert.rejects(complete({ PartNumber: 3, ETag: '"other"' }), { name: "InvalidPart" });
  await assert.rejects(complete(parts[0], { ...parts[2] }, { PartNumber: 8, ETag: end.ETag }), {
    name: /InvalidPart|EntityTooSmall/,
  });
  const done = await complete(...parts);
  assert.match(done.ETag ?? "", /^"[0-9a-f]{32}-3"$/);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
  assert.equal(got.ContentType, "video/mp4");
  const whole = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  assert.ok(whole.equals(Buffer.concat([big, big, Buffer.from("end")])));
  const across = await s3.send(
    new GetObjectCommand({ Bucket, Key, Range: `bytes=${big.length - 2}-${big.length + 1}` }),
  );
  assert.deepEqual(
    Buffer.from((await across.Body?.transformToByteArray()) ?? []),
    Buffer.concat([big.subarray(-2), big.subarray(0, 2)]),
  );

  const { UploadId: other } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "other" }));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "other", UploadId: other }));
  await assert.rejects(s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "other", UploadId: other })), {
    name: "NoSuchUpload",
  });
});

test("a signed URL reads what is private, with the headers that it asks for", async (t) => {
  const { s3 } = await bucketFor(t);
  await put(s3, "cv.pdf", "private");
  const command = new GetObjectCommand({
    Bucket,
    Key: "cv.pdf",
    ResponseContentDisposition: 'attachment; filename="cv.pdf"',
    ResponseCacheControl: "no-store",
  });
  const answer = await fetch(await getSignedUrl(s3, command, { expiresIn: 60 }));
  assert.equal(await answer.text(), "private");
  assert.equal(answer.headers.get("content-disposition"), 'attachment; filename="cv.pdf"');
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const upload = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "up" }), { expiresIn: 60 });
  assert.equal((await fetch(upload, { method: "PUT", body: "sent" })).status, 200);
  assert.equal(await textOf(s3, "up"), "sent");
});

test("what isn't served is refused, never left out", async (t) => {
  const { s3 } = await bucketFor(t);
  const key = randomBytes(32);
  const encrypted = {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: key.toString("base64"),
    SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
  };
  await assert.rejects(put(s3, "k", "x", encrypted), { name: "NotImplemented" });
  await assert.rejects(put(s3, "k", "x", { Tagging: "a=b" }), { name: "NotImplemented" });
  await assert.rejects(put(s3, "é".repeat(600), "x"), { name: "KeyTooLongError" });
});

test("an upload may come without saying how long it is, and a request may say whose bucket it means", async (t) => {
  const { s3, cloud } = await bucketFor(t);
  const { host, port } = new URL(cloud.spaces.proxy);
  const signable = { method: "PUT", path: `/${Bucket}/open`, query: "", headers: { host } };
  const headers = signed(signable, cloud.spacesKey, "UNSIGNED-PAYLOAD", "fra1", Date.now());
  const sent = request({ host: "127.0.0.1", port, method: "PUT", path: signable.path, headers });
  sent.write("in ");
  sent.end("pieces");
  const [response] = await once(sent, "response");
  assert.equal(response.statusCode, 200);
  response.resume();
  assert.equal(await textOf(s3, "open"), "in pieces");
  const { Owner } = await s3.send(new GetBucketAclCommand({ Bucket }));
  assert.equal(await textOf(s3, "open", { ExpectedBucketOwner: Owner?.ID }), "in pieces");
  await assert.rejects(textOf(s3, "open", { ExpectedBucketOwner: "123456789012" }), { name: "AccessDenied" });
});

test("a listing that is encoded leaves the slashes of what it groups as they are", async (t) => {
  const { s3 } = await bucketFor(t);
  for (const key of ["a+b/1", "a+b/c d/2", "a+b/c d/3"]) await put(s3, key, "x");
  const about = { Bucket, Prefix: "a+b/", Delimiter: "/", EncodingType: "url" } as const;
  const newer = await s3.send(new ListObjectsV2Command(about));
  assert.deepEqual(newer.CommonPrefixes, [{ Prefix: "a%2Bb/c%20d/" }]);
  assert.deepEqual([newer.Prefix, newer.Delimiter, newer.Contents?.[0]?.Key], ["a%2Bb%2F", "/", "a%2Bb%2F1"]);
  assert.equal((await s3.send(new ListObjectsCommand(about))).Prefix, "a+b/");
});

test("an upload in parts is held against the checksum of the whole that its client names", async (t) => {
  const { s3 } = await bucketFor(t);
  const body = "a part";
  const sums = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest();
  const upload = async (more: object) => {
    const about = { Bucket, Key: "whole", ChecksumAlgorithm: "SHA256" } as const;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(about));
    const part = { ...about, UploadId, PartNumber: 1, Body: body };
    const { ETag, ChecksumSHA256 } = await s3.send(new UploadPartCommand(part));
    const Parts = [{ PartNumber: 1, ETag, ChecksumSHA256 }];
    const done = { ...about, UploadId, MultipartUpload: { Parts }, ...more };
    return s3.send(new CompleteMultipartUploadCommand(done));
  };
  const composite = `${sums(sums(body)).toString("base64")}-1`;
  assert.equal((await upload({ ChecksumSHA256: composite })).ChecksumSHA256, composite);
  const ofAll = { ChecksumSHA256: sums(body).toString("base64"), ChecksumType: "FULL_OBJECT" };
  assert.equal((await upload(ofAll)).ChecksumSHA256, ofAll.ChecksumSHA256);
  const other = sums("other").toString("base64");
  for (const ChecksumType of ["COMPOSITE", "FULL_OBJECT"])
    await assert.rejects(upload({ ChecksumSHA256: other, ChecksumType }), { name: "BadDigest" });
});
