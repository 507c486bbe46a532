import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { activeDroplet, cloudFor, type Made } from "../testing.ts";

const WEB = { protocol: "tcp", ports: "80", sources: { addresses: ["0.0.0.0/0", "::/0"] } };
const OUT = { protocol: "udp", ports: "0", destinations: { addresses: ["0.0.0.0/0"] } };

test("a firewall protects the droplets it names and those under its tags, and says while it is at it", async (t) => {
  const cloud = await cloudFor(t);
  const named = await activeDroplet(cloud, "named");
  const tagged = await activeDroplet(cloud, "tagged", { tags: ["web"] });
  const other = await activeDroplet(cloud, "other");
  const firewall = await cloud.make("/v2/firewalls", {
    name: "fw",
    inbound_rules: [WEB],
    droplet_ids: [named.id],
    tags: ["web"],
  });
  assert.partialDeepStrictEqual(firewall, {
    status: "waiting",
    inbound_rules: [WEB],
    outbound_rules: [],
    pending_changes: [named, tagged].map(({ id }) => ({
      droplet_id: id,
      removing: false,
      status: "waiting",
    })),
  });
  const at = `/v2/firewalls/${firewall.id}`;
  const settled = async () => {
    for (;;) {
      const { body } = await cloud.get<{ firewall: Made }>(at);
      if (body.firewall.status === "succeeded") return body.firewall;
    }
  };
  assert.deepEqual((await settled()).pending_changes, []);
  const firewallsOf = async ({ id }: Made) =>
    (await cloud.get<{ firewalls: Made[] }>(`/v2/droplets/${id}/firewalls`)).body.firewalls.map(
      ({ id }) => id,
    );
  assert.deepEqual(await firewallsOf(named), [firewall.id]);
  assert.deepEqual(await firewallsOf(tagged), [firewall.id]);
  assert.deepEqual(await firewallsOf(other), []);

  assert.equal((await cloud.post(`${at}/droplets`, { droplet_ids: [other.id] })).status, 204);
  assert.equal((await cloud.delete(`${at}/tags`, { tags: ["web"] })).status, 204);
  assert.equal((await cloud.post(`${at}/rules`, { outbound_rules: [OUT] })).status, 204);
  assert.equal((await cloud.delete(`${at}/rules`, { inbound_rules: [WEB] })).status, 204);
  assert.partialDeepStrictEqual(await settled(), {
    droplet_ids: [named.id, other.id],
    tags: [],
    inbound_rules: [],
    outbound_rules: [OUT],
  });
  assert.deepEqual(await firewallsOf(tagged), []);
  await cloud.delete(`/v2/droplets/${named.id}`);
  assert.deepEqual((await settled()).droplet_ids, [other.id], "a droplet leaves its firewalls when it goes");
  await cloud.delete("/v2/tags/web");
  assert.equal((await cloud.post(`${at}/rules`, { inbound_rules: [WEB] })).status, 204);
  assert.equal((await cloud.delete(`${at}/droplets`, { droplet_ids: [other.id] })).status, 204);
  assert.equal((await cloud.delete(at)).status, 204);
  assert.equal((await cloud.get(at)).status, 404);
});

test("rules are kept as the platform writes them", async (t) => {
  const cloud = await cloudFor(t);
  for (const [rule, ports] of [
    [{ protocol: "tcp", ports: "all" }, "0"],
    [{ protocol: "udp", ports: "0" }, "0"],
    [{ protocol: "icmp" }, "0"],
    [{ protocol: "icmp", ports: "1-65535" }, "1-65535"],
    [{ protocol: "tcp", ports: "8000-9000" }, "8000-9000"],
    [{ protocol: "tcp", ports: 22 }, "22"],
  ] as const) {
    const { inbound_rules } = await cloud.make<{ id: string; inbound_rules: Made[] }>("/v2/firewalls", {
      name: `fw-${Math.random()}`.replace("0.", ""),
      inbound_rules: [{ ...rule, sources: { addresses: ["10.0.0.1"], tags: [], droplet_ids: null } }],
    });
    assert.deepEqual(inbound_rules, [
      { protocol: rule.protocol, ports, sources: { addresses: ["10.0.0.1"] } },
    ]);
  }
});

test("what no firewall can be is refused in words", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/v2/firewalls", { name: "taken", inbound_rules: [WEB] });
  for (const [facts, says, status = 422] of [
    [{ name: "taken" }, /duplicate name/, 409],
    [{ name: "-x" }, /name/],
    [{ inbound_rules: [] }, /at least one rule/],
    [{ inbound_rules: Array(51).fill(WEB) }, /at most 50/],
    [{ inbound_rules: [{ ...WEB, ports: "99999" }] }, /ports/],
    [{ inbound_rules: [{ ...WEB, ports: "90-80" }] }, /ports/],
    [{ inbound_rules: [{ ...WEB, ports: "http" }] }, /ports/],
    [{ inbound_rules: [{ ...WEB, protocol: "sctp" }] }, /protocol/],
    [{ inbound_rules: [{ ...WEB, sources: { addresses: ["everyone"] } }] }, /no IP address/],
    [{ inbound_rules: [{ ...WEB, sources: { addresses: ["10.0.0.0/33"] } }] }, /no IP address/],
    [{ inbound_rules: [{ ...WEB, sources: { tags: ["unheard-of"] } }] }, /tag unheard-of does not exist/],
    [{ inbound_rules: [{ ...WEB, sources: { droplet_ids: [1] } }] }, /droplet 1 does not exist/],
    [{ tags: ["unheard-of"] }, /tag unheard-of does not exist/],
    [{ droplet_ids: [1] }, /droplet 1 does not exist/],
  ] as const) {
    const input = { ...{ name: "fw", inbound_rules: [WEB] }, ...facts };
    const answer = await cloud.post<{ message: string }>("/v2/firewalls", input);
    assert.equal(answer.status, status, JSON.stringify(facts));
    assert.match(answer.body.message, says);
  }
});

test("however it is asked, a firewall never has more than 10 droplets, 5 tags, 50 rules, nor none", async (t) => {
  const cloud = await cloudFor(t);
  const droplets: unknown[] = [];
  for (let number = 0; number < 12; number++) droplets.push((await activeDroplet(cloud, `n${number}`)).id);
  const tags = Array.from({ length: 7 }, (_, number) => `t${number}`);
  for (const name of tags) await cloud.post("/v2/tags", { name });
  const rules = Array.from({ length: 60 }, (_, number) => ({ ...WEB, ports: String(1000 + number) }));
  const part = fc.constantFrom(
    ["droplets", "droplet_ids", droplets] as const,
    ["tags", "tags", tags] as const,
    ["rules", "inbound_rules", rules] as const,
  );
  let serial = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(part, fc.boolean(), fc.nat(60), fc.nat(60)), { maxLength: 15 }),
      async (steps) => {
        const { id } = await cloud.make("/v2/firewalls", { name: `fw-${++serial}`, inbound_rules: [WEB] });
        for (const [[path, key, all], isAdded, from, count] of steps) {
          const some = all.slice(from % all.length, (from % all.length) + count + 1);
          const send = isAdded ? cloud.post : cloud.delete;
          await send(`/v2/firewalls/${id}/${path}`, { [key]: some });
          const { firewall } = (
            await cloud.get<{ firewall: Record<string, unknown[]> }>(`/v2/firewalls/${id}`)
          ).body;
          const lengthOf = (name: string) => firewall[name]?.length ?? 0;
          assert.ok(lengthOf("droplet_ids") <= 10 && lengthOf("tags") <= 5);
          assert.ok(lengthOf("inbound_rules") >= 1 && lengthOf("inbound_rules") <= 50);
        }
        await cloud.delete(`/v2/firewalls/${id}`);
      },
    ),
    { numRuns: 12 },
  );
});
