import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, cloudFor, type Made, SERVICE, settled } from "../../testing.ts";

const spec = (...domains: object[]) => ({ spec: { name: "shop", services: [SERVICE], domains } });
const records = async (cloud: Client) =>
  (
    await cloud.get<{ domain_records: { type: string; name: string; data: string }[] }>(
      "/v2/domains/example.com/records?per_page=200",
    )
  ).body.domain_records
    .filter(({ type }) => !["SOA", "NS"].includes(type))
    .map(({ type, name, data }) => `${type} ${name} ${data}`);
const phases = async (cloud: Client, app: Made) =>
  ((await settled(cloud, app.id)).domains as { phase: string }[]).map(({ phase }) => phase);

test("App Platform writes the records of domains whose zone it is told, and takes them away again", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/v2/domains", { name: "example.com" });
  const managed = (domain: string) => ({ domain, zone: "example.com" });
  const app = await cloud.make(
    "/v2/apps",
    spec(managed("example.com"), managed("www.example.com"), { domain: "shop.example.net" }),
  );
  assert.deepEqual(await records(cloud), ["A @ 127.0.0.1", "CNAME www shop.ondigitalocean.app"]);
  assert.deepEqual(await phases(cloud, app), ["ACTIVE", "ACTIVE", "ACTIVE"]);

  const own = { type: "CNAME", name: "www", data: "shop.example.net." };
  assert.equal(
    (await cloud.post("/v2/domains/example.com/records", own)).status,
    422,
    "nobody else can have that name",
  );
  await cloud.make("/v2/domains/example.com/records", { type: "A", name: "@", data: "192.0.2.1" });
  assert.equal((await records(cloud)).length, 3, "but an address is simply there twice");

  await cloud.put(
    `/v2/apps/${app.id}`,
    spec(managed("example.com"), managed("api.example.com"), { domain: "www.example.com" }),
  );
  assert.deepEqual(await records(cloud), [
    "A @ 127.0.0.1",
    "A @ 192.0.2.1",
    "CNAME api shop.ondigitalocean.app",
  ]);
  await cloud.delete(`/v2/apps/${app.id}`);
  assert.deepEqual(await records(cloud), ["A @ 192.0.2.1"]);
});

test("a domain whose record can't be written is in error", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/v2/domains", { name: "example.com" });
  await cloud.make("/v2/domains/example.com/records", { type: "A", name: "www", data: "192.0.2.1" });
  const app = await cloud.make(
    "/v2/apps",
    spec(
      { domain: "www.example.com", zone: "example.com" },
      { domain: "shop.example.net", zone: "example.net" },
    ),
  );
  assert.deepEqual(await phases(cloud, app), ["ERROR", "ERROR"]);
  assert.deepEqual(await records(cloud), ["A www 192.0.2.1"]);
});
