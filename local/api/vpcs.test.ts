import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cloudFor, type Made } from "../testing.ts";

test("every region has a default VPC that can't go; another can take its place", async (t) => {
  const cloud = await cloudFor(t);
  const { body } = await cloud.get<{ vpcs: Made[] }>("/v2/vpcs?per_page=200");
  const [fra, ...more] = body.vpcs.filter((vpc) => vpc.region === "fra1");
  assert.equal(more.length, 0);
  assert.partialDeepStrictEqual(fra, { name: "default-fra1", default: true });
  const refused = await cloud.delete<{ message: string }>(`/v2/vpcs/${fra?.id}`);
  assert.equal(refused.status, 403);
  assert.match(refused.body.message, /default VPC/);

  const own = await cloud.make("/v2/vpcs", { name: "own", region: "fra1" });
  assert.equal(own.default, false);
  assert.equal((await cloud.patch(`/v2/vpcs/${fra?.id}`, { default: false })).status, 422);
  assert.equal((await cloud.put(`/v2/vpcs/${own.id}`, { name: "own", default: true })).status, 200);
  assert.equal((await cloud.delete(`/v2/vpcs/${own.id}`)).status, 403);
  assert.equal((await cloud.delete(`/v2/vpcs/${fra?.id}`)).status, 204);
});

test("names are unique and well formed, ranges are private and apart", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/v2/vpcs", { name: "net", region: "fra1", ip_range: "10.10.0.0/20" });
  for (const [body, says] of [
    [{ name: "net", region: "ams3" }, /same name/],
    [{ name: "my net", region: "fra1" }, /name/],
    [{ region: "fra1" }, /name is required/],
    [{ name: "x", region: "mars1" }, /region/],
    [{ name: "x", region: "fra1", ip_range: "10.10.8.0/24" }, /overlaps/],
    [{ name: "x", region: "fra1", ip_range: "8.8.8.0/24" }, /RFC 1918/],
    [{ name: "x", region: "fra1", ip_range: "10.0.0.0/8" }, /RFC 1918/],
    [{ name: "x", region: "fra1", ip_range: "10.11.0.1/24" }, /RFC 1918/],
    [{ name: "x", region: "fra1", ip_range: "10.244.0.0/20" }, /RFC 1918/],
    [{ name: "x", region: "fra1", description: "d".repeat(256) }, /description/],
  ] as const) {
    const answer = await cloud.post<{ id: string; message: string }>("/v2/vpcs", body);
    assert.equal(answer.status, 422, JSON.stringify(body));
    assert.match(answer.body.message, says);
  }
});

test("ranges that the cloud picks never overlap one another or those that were asked for", async (t) => {
  const cloud = await cloudFor(t);
  const block = fc.integer({ min: 0, max: 255 }).map((number) => `172.16.${number}.0/24`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(block), { minLength: 1, maxLength: 12 }), async (wishes) => {
      await cloud.post("/_local/reset");
      for (const [number, wish] of wishes.entries())
        await cloud.post("/v2/vpcs", { name: `v${number}`, region: "fra1", ...(wish && { ip_range: wish }) });
      const { body } = await cloud.get<{ vpcs: { ip_range: string }[] }>("/v2/vpcs?per_page=200");
      const ranges = body.vpcs.map(({ ip_range }) => {
        const [address = "", bits] = ip_range.split("/");
        const start = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
        return { start, end: start + 2 ** (32 - Number(bits)) };
      });
      ranges.sort((a, b) => a.start - b.start);
      for (const [at, range] of ranges.entries()) assert.ok(range.start >= (ranges[at - 1]?.end ?? 0));
    }),
    { numRuns: 10 },
  );
});
