import assert from "node:assert/strict";
import { test } from "node:test";
import { activeDroplet, type Client, cloudFor, type Made } from "../testing.ts";

interface Ip {
  ip: string;
  locked: boolean;
  droplet: Made | null;
}

const free = async (cloud: Client, ip: string): Promise<Ip> => {
  for (;;) {
    const { reserved_ip } = (await cloud.get<{ reserved_ip: Ip }>(`/v2/reserved_ips/${ip}`)).body;
    if (!reserved_ip.locked) return reserved_ip;
  }
};

test("an address goes from droplet to droplet, is on nothing when that goes, and has an older name", async (t) => {
  const cloud = await cloudFor(t);
  const [one, two] = [await activeDroplet(cloud, "one"), await activeDroplet(cloud, "two")];
  const { ip } = await cloud.make<Ip>("/v2/reserved_ips", { droplet_id: one.id });
  assert.equal((await free(cloud, ip)).droplet?.id, one.id);
  const { body } = await cloud.post<{ action: Made }>(`/v2/floating_ips/${ip}/actions`, {
    type: "assign",
    droplet_id: two.id,
  });
  assert.equal((await free(cloud, ip)).droplet?.id, two.id);
  assert.partialDeepStrictEqual((await cloud.get(`/v2/reserved_ips/${ip}/actions/${body.action.id}`)).body, {
    action: { type: "assign_ip", status: "completed" },
  });
  assert.partialDeepStrictEqual((await cloud.get(`/v2/floating_ips/${ip}`)).body, {
    floating_ip: { ip, droplet: { id: two.id } },
  });
  await cloud.delete(`/v2/droplets/${two.id}`);
  assert.equal((await free(cloud, ip)).droplet, null);
  assert.equal((await cloud.post(`/v2/reserved_ips/${ip}/actions`, { type: "unassign" })).status, 422);
  assert.equal((await cloud.delete(`/v2/reserved_ips/${ip}`)).status, 204);
  assert.equal((await cloud.get(`/v2/floating_ips/${ip}`)).status, 404);
});

test("what can't be assigned is refused, and there are only so many", async (t) => {
  const cloud = await cloudFor(t);
  const elsewhere = await activeDroplet(cloud, "elsewhere", { region: "ams3" });
  const closed = await activeDroplet(cloud, "closed", { public_networking: false });
  const { ip } = await cloud.make<Ip>("/v2/reserved_ips", { region: "fra1" });
  await free(cloud, ip);
  for (const [droplet_id, says] of [
    [elsewhere.id, /is in ams3/],
    [closed.id, /no public networking/],
    [1, /does not exist/],
  ] as const) {
    const { status, body } = await cloud.post<{ message: string }>(`/v2/reserved_ips/${ip}/actions`, {
      type: "assign",
      droplet_id,
    });
    assert.equal(status, 422);
    assert.match(body.message, says);
  }
  const seen = new Set([ip]);
  for (let number = 1; number < 5; number++)
    seen.add((await cloud.make<Ip>("/v2/reserved_ips", { region: "fra1" })).ip);
  assert.equal(seen.size, 5, "each has an address of its own");
  const { status, body } = await cloud.post<{ message: string }>("/v2/reserved_ips", { region: "fra1" });
  assert.equal(status, 422);
  assert.match(body.message, /limit of reserved IPs/);
});
