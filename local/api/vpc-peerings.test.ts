import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudFor, type Made } from "../testing.ts";

test("a peering is provisioned, then active, then deleting, then gone; its VPCs can't go before it", async (t) => {
  const cloud = await cloudFor(t);
  const vpc = (name: string, region: string, ip_range: string) =>
    cloud.make("/v2/vpcs", { name, region, ip_range });
  const [one, two] = [await vpc("one", "fra1", "10.40.0.0/24"), await vpc("two", "ams3", "10.41.0.0/24")];
  const peering = await cloud.make("/v2/vpc_peerings", { name: "p", vpc_ids: [one.id, two.id] });
  assert.equal(peering.status, "PROVISIONING");
  const at = `/v2/vpc_peerings/${peering.id}`;
  const status = async () => (await cloud.get<{ vpc_peering?: Made }>(at)).body.vpc_peering?.status;
  while ((await status()) !== "ACTIVE");
  for (const { id } of [one, two]) {
    const { body } = await cloud.get<{ peerings: Made[] }>(`/v2/vpcs/${id}/peerings`);
    assert.deepEqual(
      body.peerings.map(({ id }) => id),
      [peering.id],
    );
    const refused = await cloud.delete<{ message: string }>(`/v2/vpcs/${id}`);
    assert.deepEqual([refused.status, refused.body.message], [403, "Can not delete VPC with peerings"]);
  }
  assert.partialDeepStrictEqual((await cloud.get("/v2/vpc_peerings?region=ams3")).body, {
    meta: { total: 1 },
  });
  assert.partialDeepStrictEqual((await cloud.get("/v2/vpc_peerings?region=nyc1")).body, {
    meta: { total: 0 },
  });

  const stall = { method: "DELETE", path: "/v2/vpc_peerings/*", times: 1, effect: { kind: "stall" } };
  await cloud.post("/_local/faults", stall);
  assert.equal((await cloud.delete(at)).status, 202);
  assert.equal(await status(), "DELETING");
  assert.equal((await cloud.delete(`/v2/vpcs/${one.id}`)).status, 403);
  assert.equal((await cloud.delete(at)).status, 202);
  assert.equal(await status(), undefined);
  for (const { id } of [one, two]) assert.equal((await cloud.delete(`/v2/vpcs/${id}`)).status, 204);
});

test("a VPC is not peered with itself, with nothing, twice with the same, or under a name that is taken", async (t) => {
  const cloud = await cloudFor(t);
  const ids: string[] = [];
  for (const name of ["a", "b", "c"]) ids.push((await cloud.make("/v2/vpcs", { name, region: "fra1" })).id);
  const [a, b, c] = ids;
  await cloud.make(`/v2/vpcs/${a}/peerings`, { name: "p", vpc_id: b });
  const nobody = "00000000-0000-4000-8000-000000000000";
  for (const [name, vpc_ids, status, says] of [
    ["q", [a, a], 422, /itself/],
    ["q", [a], 422, /two VPCs|vpc_ids/],
    ["q", [a, nobody], 404, /not found/],
    ["q", [b, a], 409, /already exists/],
    ["p", [a, c], 422, /same name/],
    ["no good", [a, c], 422, /name/],
  ] as const) {
    const answer = await cloud.post<{ message: string }>("/v2/vpc_peerings", { name, vpc_ids });
    assert.equal(answer.status, status, JSON.stringify(vpc_ids));
    assert.match(answer.body.message, says);
  }
});
