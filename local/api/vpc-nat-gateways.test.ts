import assert from "node:assert/strict";
import { test } from "node:test";
import { activeDroplet, cloudFor, type Made } from "../testing.ts";

test("a gateway is new, then active with a public address, a member of its VPC until it is gone", async (t) => {
  const cloud = await cloudFor(t);
  const vpc = await cloud.make("/v2/vpcs", { name: "net", region: "fra1", ip_range: "10.42.0.0/28" });
  const input = {
    type: "PUBLIC",
    region: "fra1",
    size: 1,
    vpcs: [{ vpc_uuid: vpc.id, default_gateway: true }],
  };
  const gateway = await cloud.make("/v2/vpc_nat_gateways", { ...input, name: "out" });
  assert.partialDeepStrictEqual(gateway, { state: "NEW", egresses: {} });
  const at = `/v2/vpc_nat_gateways/${gateway.id}`;
  const now = async () => (await cloud.get<{ vpc_nat_gateway?: Made }>(at)).body.vpc_nat_gateway;
  while ((await now())?.state !== "ACTIVE");
  assert.partialDeepStrictEqual(await now(), {
    vpcs: [{ vpc_uuid: vpc.id, gateway_ip: "10.42.0.2", default_gateway: true }],
    tcp_timeout_seconds: 300,
  });
  const { networks } = (await activeDroplet(cloud, "box", { vpc_uuid: vpc.id })) as unknown as {
    networks: { v4: { ip_address: string }[] };
  };
  assert.equal(networks.v4[0]?.ip_address, "10.42.0.3", "no member has the gateway's address");
  const second = await cloud.post<{ message: string }>("/v2/vpc_nat_gateways", { ...input, name: "again" });
  assert.match(second.body.message, /default gateway already/);

  await cloud.put(at, { name: "way-out", size: 3, tcp_timeout_seconds: 60, vpcs: null });
  assert.partialDeepStrictEqual(await now(), { name: "way-out", size: 3, tcp_timeout_seconds: 60 });
  const { droplets } = (await cloud.get<{ droplets: Made[] }>("/v2/droplets")).body;
  for (const { id } of droplets) await cloud.delete(`/v2/droplets/${id}`);
  assert.equal((await cloud.delete(`/v2/vpcs/${vpc.id}`)).status, 403);
  const stall = { method: "DELETE", path: "/v2/vpc_nat_gateways/*", times: 1, effect: { kind: "stall" } };
  await cloud.post("/_local/faults", stall);
  assert.equal((await cloud.delete(at)).status, 202);
  assert.equal((await now())?.state, "DELETING");
  assert.equal((await cloud.delete(at)).status, 202);
  assert.match((await cloud.get<{ message: string }>(at)).body.message, /nat gateway with id .* not found/);
  assert.equal((await cloud.delete(`/v2/vpcs/${vpc.id}`)).status, 204);
});

test("a gateway lies in the region of its VPCs, and asks for at least one", async (t) => {
  const cloud = await cloudFor(t);
  const vpc = await cloud.make("/v2/vpcs", { name: "net", region: "ams3" });
  for (const [facts, says] of [
    [{}, /is in ams3/],
    [{ vpcs: [] }, /vpcs: must be at least 1/],
    [{ type: "PRIVATE" }, /type/],
    [{ size: 0 }, /size/],
    [{ egresses: { public_gateways: [{ ip: "1.2.3.4" }] } }, /egresses/],
  ] as const) {
    const input = { name: "n", type: "PUBLIC", region: "fra1", size: 1, vpcs: [{ vpc_uuid: vpc.id }] };
    const { status, body } = await cloud.post<{ message: string }>("/v2/vpc_nat_gateways", {
      ...input,
      ...facts,
    });
    assert.equal(status, 422, JSON.stringify(facts));
    assert.match(body.message, says);
  }
});
