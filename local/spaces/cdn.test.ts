import assert from "node:assert/strict";
import { request } from "node:http";
import { mock, type TestContext, test } from "node:test";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectAclCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Made } from "../testing.ts";
import { secondsOf } from "./cdn.ts";
import { spacesFor } from "./testing.ts";

const Bucket = "assets";
const ORIGIN = "assets.fra1.digitaloceanspaces.com";

async function cdnFor(t: TestContext, facts: object = {}) {
  mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-11-24T12:00:00Z") });
  t.after(() => mock.timers.reset());
  const spaces = await spacesFor(t);
  const { s3, api } = spaces;
  await s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "fra1" as "EU" } }),
  );
  const endpoint = await api.make("/v2/cdn/endpoints", { origin: ORIGIN, ttl: 60, ...facts });
  const put = (Key: string, Body: string, more: object = { ACL: "public-read" }) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  /** What the CDN answers: status, body, what its cache did, age. */
  const get = async (key: string, headers: Record<string, string> = {}) => {
    const answer = await spaces.fetch(`/cdn/${Bucket}/${key}`, { headers });
    const shown = ["cf-cache-status", "age", "cache-control"].map((name) => answer.headers.get(name));
    return [answer.status, await answer.text(), ...shown];
  };
  return { ...spaces, endpoint, put, get, pass: (seconds: number) => mock.timers.tick(seconds * 1000) };
}

test("what is public is kept for its time, whatever becomes of the object meanwhile", async (t) => {
  const { put, get, pass, s3 } = await cdnFor(t);
  await put("a.css", "one");
  assert.deepEqual(await get("a.css"), [200, "one", "MISS", "0", "max-age=60"]);
  await put("a.css", "two");
  pass(10);
  assert.deepEqual(await get("a.css"), [200, "one", "HIT", "10", "max-age=60"]);
  assert.deepEqual(
    (await get("a.css?v=2")).slice(0, 3),
    [200, "two", "MISS"],
    "another query is another address",
  );
  pass(50);
  assert.deepEqual((await get("a.css")).slice(0, 4), [200, "two", "EXPIRED", "0"]);
  await s3.send(new PutObjectAclCommand({ Bucket, Key: "a.css", ACL: "private" }));
  assert.deepEqual((await get("a.css")).slice(0, 3), [200, "two", "HIT"]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "a.css" }));
  assert.deepEqual((await get("a.css")).slice(0, 3), [200, "two", "HIT"]);
  pass(60);
  assert.equal((await get("a.css"))[0], 403);
});

test("an object's own Cache-Control goes before the endpoint's time", async (t) => {
  const { put, get, pass } = await cdnFor(t);
  await put("long", "x", { ACL: "public-read", CacheControl: "public, max-age=600" });
  await put("never", "x", { ACL: "public-read", CacheControl: "private, no-store" });
  await get("long");
  pass(500);
  assert.deepEqual(await get("long"), [200, "x", "HIT", "500", "public, max-age=600"]);
  await get("never");
  assert.deepEqual((await get("never")).slice(0, 3), [200, "x", "BYPASS"]);
  const cases: [string, number][] = [
    ["", 60],
    ["public", 60],
    ["max-age=5", 5],
    ["max-age=5, s-maxage=7", 7],
    ["no-cache", 0],
    ["private, max-age=9", 0],
  ];
  for (const [header, seconds] of cases) assert.equal(secondsOf(header, 60), seconds, header);
});

test("a purge drops what it names, every form of it, and nothing else", async (t) => {
  const { put, get, api, endpoint, pass } = await cdnFor(t);
  const names = ["a.css", "img/1.png", "img/2/3.png", "b.css"];
  const all = async (query = "") => Promise.all(names.map(async (name) => (await get(name + query))[2]));
  const purge = (...files: string[]) => api.delete(`/v2/cdn/endpoints/${endpoint.id}/cache`, { files });
  for (const name of names) await put(name, "x");
  await all();
  await all("?v=1");
  pass(1);
  assert.equal((await purge("a.css", "img/*")).status, 204);
  pass(1);
  assert.deepEqual(await all(), ["MISS", "MISS", "MISS", "HIT"]);
  assert.deepEqual(await all("?v=1"), ["MISS", "MISS", "MISS", "HIT"]);
  await purge("*");
  pass(1);
  assert.deepEqual(await all(), ["MISS", "MISS", "MISS", "MISS"]);
  pass(1);
  assert.deepEqual(await all(), ["HIT", "HIT", "HIT", "HIT"]);
  assert.equal((await purge()).status, 422);
});

test("private objects: refused, and with a signed URL read past the cache, each time anew", async (t) => {
  const { s3, put, get, api } = await cdnFor(t);
  await put("cv.pdf", "first", {});
  assert.equal((await get("cv.pdf"))[0], 403);
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "cv.pdf" }), { expiresIn: 60 });
  const signed = url.slice(url.indexOf(`/${Bucket}/`) + Bucket.length + 2);
  assert.deepEqual((await get(signed)).slice(0, 3), [200, "first", "BYPASS"]);
  await put("cv.pdf", "second", {});
  assert.deepEqual((await get(signed)).slice(0, 3), [200, "second", "BYPASS"], "nothing was kept of it");
  assert.equal((await get("cv.pdf"))[0], 403, "and nothing of it is served to others");
  assert.equal((await get(signed.replace(/.$/, (last) => (last === "0" ? "1" : "0"))))[0], 403);
  mock.timers.tick(61_000);
  assert.equal((await get(signed))[0], 403);
  assert.equal((await api.get("/v2/cdn/endpoints")).headers.get("ratelimit-limit"), "5");
});

test("ranges and conditions are answered from the cache", async (t) => {
  const { put, get } = await cdnFor(t);
  const { ETag = "" } = await put("k", "0123456789");
  assert.deepEqual((await get("k", { range: "bytes=2-4" })).slice(0, 3), [206, "234", "MISS"]);
  assert.deepEqual((await get("k", { range: "bytes=-2" })).slice(0, 3), [206, "89", "HIT"]);
  assert.deepEqual((await get("k", { "if-none-match": ETag })).slice(0, 3), [304, "", "HIT"]);
  assert.deepEqual((await get("k")).slice(0, 3), [200, "0123456789", "HIT"]);
});

test("it is reached by its host names through the proxy, and has none once it is gone", async (t) => {
  const { put, api, cloud, endpoint, s3 } = await cdnFor(t);
  await put("k", "x");
  const { hostname, port } = new URL(cloud.spaces.proxy);
  const at = (host: string) =>
    new Promise<unknown>((resolve, reject) => {
      request({ hostname, port, path: `http://${host}/k`, headers: { host } }, (answer) => {
        answer.resume();
        resolve([answer.statusCode, answer.headers["cf-cache-status"]]);
      })
        .on("error", reject)
        .end();
    });
  assert.equal(endpoint.endpoint, "assets.fra1.cdn.digitaloceanspaces.com");
  assert.deepEqual(await at(String(endpoint.endpoint)), [200, "MISS"]);
  assert.deepEqual(await at("assets.fra1.cdn.digitaloceanspaces.localhost"), [200, "HIT"]);
  const custom = { custom_domain: "static.example.com", certificate_id: "needs-cloudflare-cert" };
  assert.equal((await api.put(`/v2/cdn/endpoints/${endpoint.id}`, custom)).status, 200);
  assert.deepEqual(await at("static.example.com"), [200, "HIT"]);
  await api.delete(`/v2/cdn/endpoints/${endpoint.id}`);
  assert.deepEqual(await at(String(endpoint.endpoint)), [404, undefined]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test("the API: origin, time, domain and certificate are checked", async (t) => {
  const { api, endpoint } = await cdnFor(t);
  const path = "/v2/cdn/endpoints";
  const post = async (body: object) => (await api.post(path, body)).status;
  assert.equal(await post({ origin: "none.fra1.digitaloceanspaces.com" }), 422);
  assert.equal(
    await post({ origin: "assets.ams3.digitaloceanspaces.com" }),
    422,
    "the bucket lies elsewhere",
  );
  assert.equal(await post({ origin: ORIGIN }), 409);
  const put = async (body: object) => {
    const { status, body: answer } = await api.put<{ endpoint: Made; message: string }>(
      `${path}/${endpoint.id}`,
      body,
    );
    return status === 200 ? answer.endpoint : answer.message;
  };
  for (const ttl of [0, 61, -1]) assert.match(String(await put({ ttl })), /ttl/);
  assert.partialDeepStrictEqual(await put({ ttl: 604_800 }), { ttl: 604_800, origin: ORIGIN });
  assert.match(String(await put({ custom_domain: "static.example.com" })), /together/);
  assert.match(String(await put({ custom_domain: "no domain", certificate_id: "x" })), /fully qualified/);
  assert.match(
    String(await put({ custom_domain: "static.example.com", certificate_id: "x" })),
    /no certificate/,
  );

  await api.post("/v2/domains", { name: "example.com" });
  const certificate = await api.make("/v2/certificates", {
    name: "web",
    type: "lets_encrypt",
    dns_names: ["static.example.com"],
  });
  assert.match(
    String(await put({ custom_domain: "other.example.com", certificate_id: certificate.id })),
    /not for other/,
  );
  assert.partialDeepStrictEqual(
    await put({ custom_domain: "static.example.com", certificate_id: certificate.id }),
    {
      custom_domain: "static.example.com",
      certificate_id: certificate.id,
    },
  );
  assert.equal((await api.delete(`/v2/certificates/${certificate.id}`)).status, 403);
  await api.post("/_local/certificates/web/renew");
  const { endpoint: shown } = (await api.get<{ endpoint: Made }>(`${path}/${endpoint.id}`)).body;
  assert.notEqual(shown.certificate_id, certificate.id, "a renewed certificate has another id");
  assert.ok(shown.certificate_id);
  assert.partialDeepStrictEqual(await put({ custom_domain: "", certificate_id: "" }), { ttl: 604_800 });
  assert.equal((await api.delete(`/v2/certificates/${shown.certificate_id}`)).status, 204);
});
