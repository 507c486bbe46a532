import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { readForm } from "./form.ts";
import { type Credentials, scopeText, signingKey, signText, timestampOf } from "./signature.ts";
import { signatureV2 } from "./signature-v2.ts";
import { type Spaces, spacesFor } from "./testing.ts";

const Bucket = "resumes";

async function bucketFor(t: TestContext): Promise<Spaces> {
  const spaces = await spacesFor(t);
  await spaces.s3.send(new CreateBucketCommand({ Bucket }));
  return spaces;
}

const POLICY = [{ bucket: Bucket }, ["starts-with", "$key", "cv/"], ["content-length-range", 1, 1000]];
const encoded = (conditions: unknown[], seconds = 60) =>
  Buffer.from(
    JSON.stringify({ expiration: new Date(Date.now() + seconds * 1000).toISOString(), conditions }),
  ).toString("base64");

/** The fields that AWS' helpers make, in version 4. */
function signedFields({ accessKeyId, secretAccessKey }: Credentials, policy: string): Record<string, string> {
  const scope = { timestamp: timestampOf(Date.now()), region: "fra1" };
  return {
    policy,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKeyId}/${scopeText(scope)}`,
    "X-Amz-Date": scope.timestamp,
    "X-Amz-Signature": signText(signingKey(secretAccessKey, scope), [policy]),
  };
}

function send({ fetch }: Spaces, fields: Record<string, string>, file = "a page", name = "cv.pdf") {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set("file", new Blob([file]), name);
  return fetch(`/${Bucket}`, { method: "POST", body: form, redirect: "manual" });
}
const codeOf = async (response: Response) => [
  response.status,
  /<Code>(.*)<\/Code>/.exec(await response.text())?.[1],
];

test("a browser's form uploads what its policy allows, in both versions of signatures", async (t) => {
  const spaces = await bucketFor(t);
  const { accessKeyId, secretAccessKey } = spaces.cloud.spacesKey;
  const policy = encoded([...POLICY, { acl: "private" }, ["eq", "$Content-Type", "application/pdf"]]);
  const about = {
    key: "cv/$\u007Bfilename}",
    acl: "private",
    "Content-Type": "application/pdf",
  };
  const signature = signatureV2(secretAccessKey, policy);
  for (const [signed, name] of [
    [signedFields(spaces.cloud.spacesKey, policy), "ü 1.pdf"],
    [{ policy, AWSAccessKeyId: accessKeyId, signature }, "2.pdf"],
  ] as const) {
    const response = await send(spaces, { ...about, ...signed }, "the file", name);
    assert.equal(response.status, 204);
    const got = await spaces.s3.send(new GetObjectCommand({ Bucket, Key: `cv/${name}` }));
    assert.equal(await got.Body?.transformToString(), "the file");
    assert.equal(got.ContentType, "application/pdf");
    assert.equal(response.headers.get("etag"), got.ETag);
  }
});

test("a form that says more, less or other than its policy is refused, and nothing is stored", async (t) => {
  const spaces = await bucketFor(t);
  const { spacesKey } = spaces.cloud;
  const good = signedFields(spacesKey, encoded(POLICY));
  const refusals: [Record<string, string>, string, unknown[]][] = [
    [{ ...good, key: "other/a" }, "x", [403, "AccessDenied"]],
    [{ ...good, key: "cv/a", acl: "public-read" }, "x", [403, "AccessDenied"]],
    [{ ...good, key: "cv/a", "x-amz-meta-a": "b" }, "x", [403, "AccessDenied"]],
    [{ ...good, key: "cv/a" }, "", [400, "EntityTooSmall"]],
    [{ ...good, key: "cv/a" }, "x".repeat(1001), [400, "EntityTooLarge"]],
    [good, "x", [400, "InvalidArgument"]],
    [{ ...good, key: "cv/a", "X-Amz-Signature": "0" }, "x", [403, "SignatureDoesNotMatch"]],
    [
      { ...good, key: "cv/a", policy: encoded([...POLICY, ["starts-with", "$acl", ""]]) },
      "x",
      [403, "SignatureDoesNotMatch"],
    ],
    [{ key: "cv/a" }, "x", [403, "AccessDenied"]],
    [{ key: "cv/a", policy: good.policy ?? "" }, "x", [400, "InvalidArgument"]],
    [{ ...signedFields(spacesKey, encoded(POLICY, -1)), key: "cv/a" }, "x", [403, "AccessDenied"]],
    [
      { ...signedFields(spacesKey, encoded([...POLICY, ["between", "$key", "a"]])), key: "cv/a" },
      "x",
      [400, "InvalidPolicyDocument"],
    ],
    [{ ...signedFields(spacesKey, encoded(POLICY.slice(1))), key: "cv/a" }, "x", [403, "AccessDenied"]],
    [
      { ...signedFields({ ...spacesKey, accessKeyId: "DO00NOBODY" }, encoded(POLICY)), key: "cv/a" },
      "x",
      [403, "InvalidAccessKeyId"],
    ],
  ];
  for (const [fields, file, expected] of refusals)
    assert.deepEqual(await codeOf(await send(spaces, fields, file)), expected, JSON.stringify(fields));
  await assert.rejects(spaces.s3.send(new HeadObjectCommand({ Bucket, Key: "cv/a" })), { name: "NotFound" });
});

test("a form says what its browser is answered", async (t) => {
  const spaces = await bucketFor(t);
  const conditions = [
    ...POLICY,
    ["starts-with", "$success_action_status", ""],
    ["starts-with", "$success_action_redirect", ""],
  ];
  const answer = (more: Record<string, string>) =>
    send(spaces, {
      ...signedFields(spaces.cloud.spacesKey, encoded(conditions)),
      ...{ key: "cv/a b", success_action_status: "", success_action_redirect: "", ...more },
    });
  assert.equal((await answer({ success_action_status: "200" })).status, 200);
  assert.equal((await answer({ success_action_status: "404" })).status, 204);
  const made = await answer({ success_action_status: "201" });
  assert.equal(made.status, 201);
  assert.match(
    await made.text(),
    /<PostResponse><Location>\/resumes\/cv\/a%20b<\/Location>.*<Key>cv\/a b<\/Key>/,
  );
  const elsewhere = await answer({ success_action_redirect: "https://shop.example/done?x=1" });
  assert.equal(elsewhere.status, 303);
  assert.match(
    elsewhere.headers.get("location") ?? "",
    /^https:\/\/shop\.example\/done\?x=1&bucket=resumes&key=cv%2Fa\+b&etag=%22\w{32}%22$/,
  );
});

test("a form is read alike however it is cut into pieces", async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(bytes, fc.string(), fc.integer({ min: 1, max: 40 }), async (content, value, piece) => {
      const form = new FormData();
      form.set("Key", value);
      form.set("file", new Blob([Buffer.from(content)]), "a.pdf");
      form.set("later", "ignored");
      const sent = new Response(form);
      const whole = Buffer.from(await sent.arrayBuffer());
      async function* pieces() {
        for (let at = 0; at < whole.length; at += piece) yield whole.subarray(at, at + piece);
      }
      const { fields, filename, file } = await readForm(pieces(), sent.headers.get("content-type") ?? "");
      assert.equal(fields.get("key"), value.toWellFormed().replace(/\r\n?|\n/g, "\r\n"));
      assert.equal(filename, "a.pdf");
      assert.deepEqual(await buffer(file), Buffer.from(content));
    }),
  );
});

test("what is no whole form is refused", async () => {
  const read = async (body: string, type = "multipart/form-data; boundary=b") => {
    const form = await readForm(
      (async function* () {
        yield Buffer.from(body);
      })(),
      type,
    );
    await buffer(form.file);
  };
  const file = '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx';
  for (const [body, code] of [
    ["", "MalformedPOSTRequest"],
    [file, "MalformedPOSTRequest"],
    ["--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "MalformedPOSTRequest"],
    ['--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nx\r\n--b--', "InvalidArgument"],
    [
      `--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n${"x".repeat(30_000)}`,
      "MaxPostPreDataLengthExceeded",
    ],
  ] as const)
    await assert.rejects(read(body), { code });
  await assert.rejects(read(`${file}\r\n--b--`, "multipart/form-data"), { code: "MalformedPOSTRequest" });
  await read(`${file}\r\n--b--`);
});
