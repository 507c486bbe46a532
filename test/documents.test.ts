import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { assetHeaders, documentHeaders } from "../components/index.ts";
import { cloudForTests } from "./conformance/cloud.ts";
import { stackFor } from "./conformance/stack.ts";
import { blocks } from "./pages.ts";
import { pythonWith } from "./python.ts";

/**
 * What becomes of a document that is private, and of an asset that is not, on their way through Spaces and its CDN: with the
 * components on the engine, and AWS' client as the product has it.
 */

const cloud = await cloudForTests();
const proxy = new URL(cloud.spaces.BREAKWATER_SPACES_PROXY ?? "");
const endpoint = (cloud.spaces.SPACES_ENDPOINT_URL ?? "").replace("{{.Region}}", "fra1");
const components = new URL("../components/index.ts", import.meta.url).href;

const program = (origin: string) => `
import { DocumentStore, PublicAssets } from "${components}";
const provider = new digitalocean.Provider("do",
  { apiEndpoint: process.env.CLOUD_URL, token: pulumi.secret(process.env.CLOUD_TOKEN) },
  { envVarMappings: { BREAKWATER_SPACES_PROXY: "HTTP_PROXY" } });
const opts = { providers: [provider] };
const common = { region: "fra1", endpoint: "${endpoint}", forceDestroy: true, protection: { protect: false, retain: false } };
const documents = new DocumentStore("documents", { ...common, namePrefix: "shop-documents" }, opts);
documents.allowBrowsers(["${origin}"]);
const assets = new PublicAssets("assets", { ...common, namePrefix: "shop-assets" }, { ...opts, dependsOn: documents.cdn });
assets.allowPages(["${origin}"]);
const of = ({ bucketName, accessKeyId, secretAccessKey, cdnHost }) => ({ bucketName, accessKeyId, secretAccessKey, cdnHost });
export const stores = { documents: of(documents), assets: of(assets) };
export const url = assets.url;`;

interface Store {
  bucketName: string;
  accessKeyId: string;
  secretAccessKey: string;
  cdnHost: string;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Asks for a URL as a browser would whose resolver knew the local Spaces' host names. */
function ask(
  url: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const { host, pathname, search } = new URL(url);
  const { hostname, port } = proxy;
  return new Promise<Answer>((resolve, reject) => {
    const asked = request(
      {
        hostname,
        port,
        method,
        path: pathname + search,
        headers: { ...headers, ...(body && { "content-length": String(Buffer.byteLength(body)) }), host },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

const errorOf = ({ body }: Answer) => /<Code>(\w+)<\/Code>/.exec(body)?.[1];
const cache = ({ headers }: Answer) => headers["cf-cache-status"];

/** AWS' client with a store's key. `signing` has host names that can be shown to others; else it can be called from here. */
function client({ accessKeyId, secretAccessKey }: Store, signing = false): S3Client {
  return new S3Client({
    endpoint: signing ? endpoint : proxy.href,
    region: "fra1",
    forcePathStyle: !signing,
    credentials: { accessKeyId, secretAccessKey },
  });
}

test("documents and assets", async (t) => {
  const origin = "https://www.shop.example";
  const stack = await stackFor(t, cloud, cloud.spaces);
  stack.program(program(origin));
  await stack.up();
  const { documents, assets } = (await stack.outputs()).stores as { documents: Store; assets: Store };
  const s3 = client(documents);
  const at = (store: Store, key: string) => `http://${store.bucketName}.${new URL(endpoint).host}/${key}`;
  const atCdn = (store: Store, key: string) => at(store, key).replace(".fra1.", ".fra1.cdn.");
  const resume = { Bucket: documents.bucketName, Key: "resume.pdf", Body: "a life" };
  await s3.send(new PutObjectCommand({ ...resume, CacheControl: documentHeaders["Cache-Control"] }));

  await t.test("the engine has nothing to do the second time, nor finds any drift", async () => {
    assert.deepEqual(await stack.preview(), []);
    await stack.run(["refresh", "--preview-only", "--expect-no-changes"]);
    assert.ok(!stack.stored().includes(documents.secretAccessKey), "the key's secret lies nowhere in clear");
  });

  await t.test("without a signature a document is nobody's, on the origin and through the CDN", async () => {
    for (const url of [at(documents, "resume.pdf"), atCdn(documents, "resume.pdf")]) {
      const answer = await ask(url);
      assert.equal(answer.status, 403, url);
      assert.equal(errorOf(answer), "AccessDenied");
    }
    assert.equal((await ask(at(documents, ""))).status, 403, "nor is the list of them");
    assert.equal((await ask(atCdn(documents, ""))).status, 403);
  });

  await t.test("a presigned URL on the origin gives it out, and says that nobody is to keep it", async () => {
    const command = new GetObjectCommand({ Bucket: documents.bucketName, Key: "resume.pdf" });
    const url = await getSignedUrl(client(documents, true), command, { expiresIn: 60 });
    const answer = await ask(url);
    assert.equal(answer.status, 200);
    assert.equal(answer.body, "a life");
    assert.equal(answer.headers["cache-control"], "private, no-store");
    const tampered = await ask(url.replace("resume.pdf", "letter.pdf"));
    assert.equal(tampered.status, 403, "it is for this document alone");
  });

  await t.test(
    "through the CDN a presigned URL passes, is never kept, and is asked of the bucket each time",
    async () => {
      const signing = client(documents, true);
      // A URL that says nothing about keeping, as somebody might have uploaded it.
      await s3.send(new PutObjectCommand({ Bucket: documents.bucketName, Key: "bare.pdf", Body: "bare" }));
      for (const [Key, body] of [
        ["resume.pdf", "a life"],
        ["bare.pdf", "bare"],
      ] as const) {
        const command = new GetObjectCommand({ Bucket: documents.bucketName, Key });
        const url = (await getSignedUrl(signing, command)).replace(".fra1.", ".fra1.cdn.");
        for (let time = 1; time <= 2; time++) {
          const answer = await ask(url);
          assert.equal(answer.status, 200, answer.body);
          assert.equal(answer.body, body);
          assert.equal(cache(answer), "BYPASS", `${Key}, time ${time}`);
        }
        const unsigned = await ask(atCdn(documents, Key));
        assert.equal(unsigned.status, 403, "what passed for one is not there for others");
      }
    },
  );

  const folder = mkdtempSync(join(tmpdir(), "documents-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { python, missing } = pythonWith(folder, "boto3==1.44.8");
  await t.test(
    "the code of docs/documents.md lets a browser upload and download",
    { skip: missing },
    async () => {
      const calls = `
print(upload_url("letters/1", "text/plain"))
print(download_url("letters/1", "letter.txt"))`;
      const env = {
        ...process.env,
        DOCUMENTS_BUCKET: documents.bucketName,
        DOCUMENTS_REGION: "fra1",
        DOCUMENTS_ENDPOINT: endpoint,
        DOCUMENTS_ACCESS_KEY_ID: documents.accessKeyId,
        DOCUMENTS_SECRET_ACCESS_KEY: documents.secretAccessKey,
      };
      const [code = ""] = blocks("documents.md", "python");
      const run = promisify(execFile)(python, ["-c", code + calls], { env });
      const [upload = "", download = ""] = (await run).stdout.split("\n");
      const headers = { "content-type": "text/plain", "cache-control": "private, no-store" };
      const careless = await ask(upload, {
        method: "PUT",
        headers: { "content-type": "text/plain" },
        body: "x",
      });
      assert.equal(careless.status, 403, "the header that keeps copies away is part of the signature");
      assert.equal((await ask(upload, { method: "PUT", headers, body: "dear all" })).status, 200);
      const answer = await ask(download);
      assert.equal(answer.body, "dear all");
      assert.equal(answer.headers["cache-control"], "private, no-store");
      assert.equal(answer.headers["content-disposition"], 'attachment; filename="letter.txt"');
    },
  );

  await t.test("what was overwritten or deleted can be brought back", async () => {
    const letter = { Bucket: documents.bucketName, Key: "letter.txt" };
    await s3.send(new PutObjectCommand({ ...letter, Body: "first" }));
    await s3.send(new PutObjectCommand({ ...letter, Body: "second" }));
    await s3.send(new DeleteObjectCommand(letter));
    await assert.rejects(s3.send(new GetObjectCommand(letter)), { name: "NoSuchKey" });
    const { Versions = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: letter.Bucket, Prefix: letter.Key }),
    );
    const texts = Versions.map(async ({ VersionId }) => {
      const { Body } = await s3.send(new GetObjectCommand({ ...letter, VersionId }));
      return Body?.transformToString();
    });
    assert.deepEqual((await Promise.all(texts)).sort(), ["first", "second"]);
  });

  await t.test("a bucket's key opens that bucket alone", async () => {
    const elsewhere = { Bucket: assets.bucketName, Key: "x", Body: "x" };
    await assert.rejects(s3.send(new PutObjectCommand(elsewhere)), { name: "AccessDenied" });
    const { Bucket } = { Bucket: documents.bucketName };
    await assert.rejects(client(assets).send(new GetObjectCommand({ Bucket, Key: "resume.pdf" })), {
      name: "AccessDenied",
    });
    const visible = await client(assets)
      .send(new ListBucketsCommand({}))
      .catch(() => ({ Buckets: [] }));
    assert.ok(!visible.Buckets?.some(({ Name }) => Name === Bucket));
  });

  await t.test("a browser may upload from the site's pages, and from no others", async () => {
    const preflight = (from: string) =>
      ask(at(documents, "new.pdf"), {
        method: "OPTIONS",
        headers: {
          origin: from,
          "access-control-request-method": "PUT",
          "access-control-request-headers": "cache-control,content-type",
        },
      });
    const allowed = await preflight(origin);
    assert.equal(allowed.status, 200);
    assert.equal(allowed.headers["access-control-allow-origin"], origin);
    assert.match(String(allowed.headers["access-control-allow-methods"]), /PUT/);
    const refused = await preflight("https://evil.example");
    assert.equal(refused.status, 403);
    assert.equal(refused.headers["access-control-allow-origin"], undefined);
  });

  await t.test(
    "an asset is public by its own ACL, comes from the CDN the second time, and the list stays private",
    async () => {
      const put = (Key: string, headers: { "Cache-Control": string }, ACL?: "public-read") =>
        client(assets).send(
          new PutObjectCommand({
            Bucket: assets.bucketName,
            Key,
            Body: Key,
            ACL,
            CacheControl: headers["Cache-Control"],
          }),
        );
      await put("app.3f2a1c.js", assetHeaders.hashed, "public-read");
      await put("draft.js", assetHeaders.hashed);
      const first = await ask(atCdn(assets, "app.3f2a1c.js"), { headers: { origin } });
      assert.equal(first.status, 200);
      assert.match(String(first.headers["cache-control"]), /immutable/);
      assert.equal(first.headers["access-control-allow-origin"], origin);
      assert.equal(cache(await ask(atCdn(assets, "app.3f2a1c.js"))), "HIT");
      assert.equal((await ask(atCdn(assets, "draft.js"))).status, 403);
      assert.equal((await ask(atCdn(assets, ""))).status, 403);
      assert.equal((await stack.outputs()).url, `http://${assets.cdnHost}`);
    },
  );

  await t.test("an origin that anyone could have ends the update in one line", async () => {
    stack.program(program("*"));
    const { code, output } = await stack.tryUp();
    assert.notEqual(code, 0);
    assert.match(output, /error: .*origin \* must be scheme and host alone/);
    stack.program(program(origin));
  });

  // With everything in them: forceDestroy is on, as in a rehearsal.
  await stack.destroy();
});
