import assert from "node:assert/strict";
import { test } from "node:test";
import { GetObjectCommand, type PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import fc from "fast-check";
import {
  EMPTY_HASH,
  type Signable,
  signatureOf,
  signed,
  signingKey,
  timeOf,
  timestampOf,
  uriEncode,
} from "./signature.ts";

const credentials = {
  accessKeyId: "DO00EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const client = new S3Client({
  endpoint: "http://spaces.example:7481",
  region: "fra1",
  forcePathStyle: true,
  credentials,
});

interface Sent {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
}

/** The request that AWS' client would send, caught before it leaves. */
async function sentBy(command: GetObjectCommand | PutObjectCommand): Promise<Sent> {
  let caught: unknown;
  const probe = new S3Client({
    endpoint: "http://spaces.example:7481",
    region: "fra1",
    forcePathStyle: true,
    credentials,
    requestChecksumCalculation: "WHEN_REQUIRED",
    requestHandler: {
      handle: (request: unknown) => {
        caught = request;
        return Promise.reject(new Error("caught"));
      },
    },
    maxAttempts: 1,
  });
  await assert.rejects(probe.send(command as GetObjectCommand), /caught/);
  probe.destroy();
  return caught as Sent;
}

/** What a key or a version may be made of: every kind of character that is written differently in paths, queries and signatures. */
const text = fc.string({
  unit: fc.constantFrom(...("aZ09-._~/ +&=%?#!'()*ü€😀\u0001".match(/./gsu) ?? [])),
  minLength: 1,
});

test("signs as AWS' client does, whatever the key and the query", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (key, version) => {
      const sent = await sentBy(new GetObjectCommand({ Bucket: "bucket", Key: key, VersionId: version }));
      const {
        authorization = "",
        "x-amz-date": timestamp = "",
        "x-amz-content-sha256": hash = "",
      } = sent.headers;
      const [, signedHeaders = "", signature] =
        /SignedHeaders=([^,]+), *Signature=(\w+)/.exec(authorization) ?? [];
      const query = Object.entries(sent.query ?? {})
        .map(([name, value]) => `${uriEncode(name)}=${uriEncode(String(value ?? ""))}`)
        .join("&");
      const scope = { timestamp, region: "fra1" };
      const request: Signable = { method: sent.method, path: sent.path, query, headers: sent.headers };
      assert.equal(
        signatureOf(
          request,
          signedHeaders.split(";"),
          hash,
          scope,
          signingKey(credentials.secretAccessKey, scope),
        ),
        signature,
      );
    }),
    { numRuns: 60 },
  );
});

test("signs URLs as AWS' presigner does", async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 604_800 }), async (key, expiresIn) => {
      const command = new GetObjectCommand({
        Bucket: "bucket",
        Key: `k${key}`,
        ResponseContentType: "text/plain; charset=utf-8",
      });
      const signed = await getSignedUrl(client, command, { expiresIn });
      const url = new URL(signed);
      const timestamp = url.searchParams.get("X-Amz-Date") ?? "";
      const scope = { timestamp, region: "fra1" };
      const request = {
        method: "GET",
        // As it is sent: a parser of URLs takes segments of dots away.
        path: signed.slice(url.origin.length, signed.indexOf("?")),
        query: url.search.slice(1),
        headers: { host: url.host },
      };
      assert.equal(
        signatureOf(
          request,
          ["host"],
          "UNSIGNED-PAYLOAD",
          scope,
          signingKey(credentials.secretAccessKey, scope),
        ),
        url.searchParams.get("X-Amz-Signature"),
      );
    }),
    { numRuns: 60 },
  );
});

test("any change of a signed request changes its signature", () => {
  const request = {
    method: "PUT",
    path: "/k",
    query: "acl=",
    headers: { host: "b.example", "x-amz-acl": "private" },
  };
  const of = (changed: Partial<Signable>, hash = EMPTY_HASH, time = 0, region = "fra1") =>
    signed({ ...request, ...changed }, credentials, hash, region, time).authorization;
  const others = [
    of({ method: "GET" }),
    of({ path: "/K" }),
    of({ query: "cors=" }),
    of({ headers: { ...request.headers, host: "c.example" } }),
    of({ headers: { ...request.headers, "x-amz-acl": "public-read" } }),
    of({}, "0".repeat(64)),
    of({}, EMPTY_HASH, 1000),
    of({}, EMPTY_HASH, 0, "ams3"),
  ];
  assert.equal(new Set([of({}), ...others]).size, others.length + 1);
  assert.equal(of({ query: "acl" }), of({}), "a parameter without a value is one with an empty value");
});

test("timestamps are read as they are written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      assert.equal(timeOf(timestampOf(seconds * 1000)), seconds * 1000);
    }),
  );
  assert.ok(Number.isNaN(timeOf("2026-11-24T00:00:00Z")));
});
