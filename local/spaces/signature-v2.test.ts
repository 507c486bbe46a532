import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Credentials, Signable } from "./signature.ts";
import { signatureV2, textToSign } from "./signature-v2.ts";
import { spacesFor } from "./testing.ts";

/** The examples of https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html, with their key. */
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const DATE = "Tue, 27 Mar 2007 19:36:42 +0000";
const signed = (
  method: string,
  path: string,
  query = "",
  headers: Record<string, string> = {},
  date = DATE,
  bucket: string | undefined = "awsexamplebucket1",
) => signatureV2(SECRET, textToSign({ method, path, query, headers }, date, bucket));

test("signs as the documented examples are signed", () => {
  assert.equal(signed("GET", "/photos/puppy.jpg"), "qgk2+6Sv9/oM7G3qLEjTH1a1l1g=");
  assert.equal(
    signed(
      "PUT",
      "/photos/puppy.jpg",
      "",
      { "content-type": "image/jpeg" },
      "Tue, 27 Mar 2007 21:15:45 +0000",
    ),
    "iqRzw+ileNPu1fhspnRs8nOjjIA=",
  );
  assert.equal(
    signed("GET", "/", "prefix=photos&max-keys=50&marker=puppy", {}, "Tue, 27 Mar 2007 19:42:41 +0000"),
    "m0WP8eCtspQl5Ahe6L1SozdX9YA=",
  );
  assert.equal(
    signed("GET", "/", "acl", {}, "Tue, 27 Mar 2007 19:44:46 +0000"),
    "82ZHiFIjc+WbcwFKGUVEQspPn+0=",
  );
});

/** What a URL that is signed in version 2 is answered; the host may name the bucket. */
async function ask(
  port: number,
  request: Signable & { bucket?: string },
  { accessKeyId, secretAccessKey }: Credentials,
  seconds = 60,
) {
  const expires = String(Math.floor(Date.now() / 1000) + seconds);
  const { bucket, path, query } = request;
  const Signature = signatureV2(secretAccessKey, textToSign(request, expires, bucket));
  const signed = new URLSearchParams({ AWSAccessKeyId: accessKeyId, Expires: expires, Signature });
  const host = bucket === undefined ? "127.0.0.1" : `${bucket}.fra1.spaces.example`;
  const sent = get({ host: "127.0.0.1", port, path: `${path}?${signed}&${query}`, headers: { host } });
  const [response] = await once(sent, "response");
  return { status: response.statusCode, type: response.headers["content-type"], body: await text(response) };
}

test("a bucket alone is signed with a slash behind it", () => {
  const ofBucket = (path: string) =>
    textToSign({ method: "PUT", path, query: "", headers: {} }, DATE, undefined);
  assert.equal(ofBucket("/things"), ofBucket("/things/"));
  assert.notEqual(ofBucket("/things/k"), ofBucket("/things/k/"));
});

test("a URL that is signed in version 2 is good for its request until it expires, whichever style addresses it", async (t) => {
  const { s3, cloud } = await spacesFor(t);
  await s3.send(new CreateBucketCommand({ Bucket: "things" }));
  await s3.send(new PutObjectCommand({ Bucket: "things", Key: "a b/ü", Body: "x" }));
  const port = Number(new URL(cloud.spaces.proxy).port);
  const request = {
    method: "GET",
    path: "/things/a%20b/%C3%BC",
    query: "response-content-type=text%2Fplain",
    headers: {},
  };
  const inHost = { ...request, path: "/a%20b/%C3%BC", bucket: "things" };
  for (const one of [request, inHost])
    assert.deepEqual(await ask(port, one, cloud.spacesKey), { status: 200, type: "text/plain", body: "x" });
  const secretAccessKey = "another";
  for (const refused of [
    ask(port, request, cloud.spacesKey, -1),
    ask(port, { ...request, method: "PUT" }, cloud.spacesKey),
    ask(port, request, { ...cloud.spacesKey, secretAccessKey }),
    ask(port, request, { accessKeyId: "DO00NOBODY", secretAccessKey }),
  ])
    assert.equal((await refused).status, 403);
});

test("a header may be signed in version 2, close to the server's time", async (t) => {
  const { cloud, fetch } = await spacesFor(t);
  const { accessKeyId, secretAccessKey } = cloud.spacesKey;
  const list = async (date: string) => {
    const headers = { "x-amz-date": date };
    const text = textToSign({ method: "GET", path: "/", query: "", headers }, "", undefined);
    const authorization = `AWS ${accessKeyId}:${signatureV2(secretAccessKey, text)}`;
    return (await fetch("/", { headers: { ...headers, authorization } })).status;
  };
  assert.equal(await list(new Date().toUTCString()), 200);
  assert.equal(await list(new Date(Date.now() - 3_600_000).toUTCString()), 403);
  assert.equal(await list("today"), 403);
});
