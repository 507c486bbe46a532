import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { activeDroplet, type Client, cloudFor, DROPLET, idle, type Made, madeKey } from "../../testing.ts";

const addresses = (droplet: Made, type: string): string[] =>
  (droplet.networks as { v4: { ip_address: string; type: string }[] }).v4
    .filter((network) => network.type === type)
    .map((network) => network.ip_address);

test("a droplet is new, then active with its addresses, in the VPC, the project and under the tags it asked for", async (t) => {
  const cloud = await cloudFor(t);
  const vpc = await cloud.make("/v2/vpcs", { name: "net", region: "fra1", ip_range: "10.80.0.0/28" });
  const key = await madeKey(cloud);
  const { status, body } = await cloud.post<{ droplet: Made; links: { actions: Made[] } }>("/v2/droplets", {
    ...DROPLET,
    name: "web",
    ssh_keys: [key],
    vpc_uuid: vpc.id,
    tags: ["web"],
    ipv6: true,
    monitoring: true,
    user_data: "#!/bin/sh",
  });
  assert.equal(status, 202);
  assert.partialDeepStrictEqual(body.droplet, {
    status: "new",
    networks: { v4: [], v6: [] },
    size_slug: DROPLET.size,
  });
  const [link] = body.links.actions;
  assert.equal(link?.rel, "create");

  const droplet = await idle(cloud, body.droplet.id);
  assert.partialDeepStrictEqual(droplet, {
    name: "web",
    status: "active",
    vpc_uuid: vpc.id,
    tags: ["web"],
    locked: false,
  });
  assert.deepEqual(addresses(droplet, "private"), ["10.80.0.2"]);
  assert.match(addresses(droplet, "public")[0] ?? "", /^127\.22\./);
  assert.deepEqual(droplet.features, ["ipv6", "monitoring", "droplet_agent", "private_networking"]);
  assert.doesNotMatch(JSON.stringify(droplet), /bin\/sh/);
  assert.partialDeepStrictEqual((await cloud.get(`/v2/actions/${link?.id}`)).body, {
    action: { status: "completed", type: "create", resource_id: droplet.id },
  });

  assert.partialDeepStrictEqual((await cloud.get("/v2/tags/web")).body, {
    tag: { resources: { droplets: { count: 1 } } },
  });
  assert.partialDeepStrictEqual((await cloud.get(`/v2/vpcs/${vpc.id}/members`)).body, {
    members: [{ urn: `do:droplet:${droplet.id}`, name: "web" }],
  });
  assert.partialDeepStrictEqual((await cloud.get("/v2/projects/default/resources")).body, {
    resources: [{ urn: `do:droplet:${droplet.id}` }],
  });
  assert.equal((await cloud.delete(`/v2/vpcs/${vpc.id}`)).status, 403);
  assert.equal((await cloud.delete(`/v2/droplets/${droplet.id}`)).status, 204);
  assert.equal((await cloud.get(`/v2/droplets/${droplet.id}`)).status, 404);
  assert.equal((await cloud.delete(`/v2/vpcs/${vpc.id}`)).status, 204);
});

test("many are made at once, listed by tag and name, and deleted by tag", async (t) => {
  const cloud = await cloudFor(t);
  const { body } = await cloud.post<{ droplets: Made[] }>("/v2/droplets", {
    ...DROPLET,
    names: ["a", "b"],
    tags: ["blue"],
  });
  assert.deepEqual(
    body.droplets.map(({ name }) => name),
    ["a", "b"],
  );
  await activeDroplet(cloud, "c");
  const names = async (query: string) =>
    (await cloud.get<{ droplets: Made[] }>(`/v2/droplets${query}`)).body.droplets.map(({ name }) => name);
  assert.deepEqual(await names("?tag_name=blue"), ["a", "b"]);
  assert.deepEqual(await names("?name=c"), ["c"]);
  assert.deepEqual(await names("?type=gpus"), []);
  assert.equal((await cloud.delete("/v2/droplets")).status, 422);
  assert.equal((await cloud.delete("/v2/droplets?tag_name=blue")).status, 204);
  assert.deepEqual(await names(""), ["c"]);
});

test("what can't be is refused in words", async (t) => {
  const cloud = await cloudFor(t);
  const elsewhere = await cloud.make("/v2/vpcs", { name: "net", region: "ams3" });
  for (const [facts, says] of [
    [{ name: "not a host" }, /hostname characters/],
    [{ names: [] }, /names/],
    [{ name: undefined }, /name is required/],
    [{ size: "s-9000vcpu" }, /invalid size/],
    [{ image: "windows-95" }, /invalid image/],
    [{ region: "mars1" }, /region/],
    [{ ssh_keys: [17, "aa:bb"] }, /17, aa:bb are invalid key identifiers/],
    [{ vpc_uuid: elsewhere.id }, /is in ams3/],
    [{ size: "s-1vcpu-512mb-10gb", image: "docker-20-04" }, /larger size/],
    [{ user_data: "x".repeat(64 * 1024 + 1) }, /64 KiB/],
    [{ backup_policy: { plan: "daily" } }, /backups must be enabled/],
    [{ backups: true, backup_policy: { plan: "daily", hour: 5 } }, /hour/],
    [{ volumes: [{ id: "v" }] }, /volumes/],
    [{ names: Array.from({ length: 11 }, (_, n) => `n${n}`) }, /at most 10/],
  ] as const) {
    const { status, body } = await cloud.post<{ message: string }>("/v2/droplets", {
      ...{ ...DROPLET, name: "x" },
      ...facts,
    });
    assert.equal(status, 422, JSON.stringify(facts));
    assert.match(body.message, says);
  }
});

test("an account has as many droplets as its limit says", async (t) => {
  const cloud = await cloudFor(t);
  const { account } = (await cloud.get<{ account: { droplet_limit: number } }>("/v2/account")).body;
  const create = (count: number) =>
    cloud.post<{ message: string }>("/v2/droplets", {
      ...DROPLET,
      names: Array.from({ length: count }, (_, n) => `n${n}`),
    });
  for (let left = account.droplet_limit; left > 0; left -= 5) assert.equal((await create(5)).status, 202);
  const { status, body } = await create(1);
  assert.equal(status, 422);
  assert.match(body.message, /exceed your droplet limit/);
});

async function act(cloud: Client, id: unknown, action: object) {
  return cloud.post<{ action: Made; message: string }>(`/v2/droplets/${id}/actions`, action);
}

test("actions change a droplet, lock it while they last, and are kept", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await activeDroplet(cloud, "box");
  const done = async (action: object) => {
    const { status, body } = await act(cloud, id, action);
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.action.status, "in-progress");
    return idle(cloud, id);
  };
  const refused = async (action: object, says: RegExp) => {
    const { status, body } = await act(cloud, id, action);
    assert.equal(status, 422, JSON.stringify(action));
    assert.match(body.message, says);
  };
  await refused({ type: "explode" }, /type/);
  await refused({ type: "power_on" }, /already powered on/);
  await refused({ type: "resize", size: "s-2vcpu-2gb" }, /powered off/);
  assert.equal((await done({ type: "power_off" })).status, "off");
  await refused({ type: "power_off" }, /Droplet is already powered off/);
  assert.partialDeepStrictEqual(await done({ type: "resize", size: "s-2vcpu-2gb", disk: false }), {
    size_slug: "s-2vcpu-2gb",
    disk: 25,
  });
  assert.equal((await done({ type: "resize", size: "s-2vcpu-4gb", disk: true })).disk, 80);
  await refused({ type: "resize", size: "s-1vcpu-1gb" }, /smaller disk/);
  assert.equal((await done({ type: "power_on" })).status, "active");
  assert.equal((await done({ type: "rename", name: "crate" })).name, "crate");
  assert.equal((await done({ type: "reboot" })).status, "active");
  assert.equal((await done({ type: "shutdown" })).status, "off");
  assert.partialDeepStrictEqual(await done({ type: "rebuild", image: "debian-13-x64" }), {
    status: "active",
    image: { slug: "debian-13-x64" },
  });
  assert.ok(((await done({ type: "enable_ipv6" })).features as string[]).includes("ipv6"));
  await refused({ type: "disable_backups" }, /not enabled/);
  await done({ type: "enable_backups", backup_policy: { plan: "daily", hour: 4 } });
  assert.partialDeepStrictEqual((await cloud.get(`/v2/droplets/${id}/backups/policy`)).body, {
    policy: { backup_enabled: true, backup_policy: { plan: "daily", hour: 4, retention_period_days: 7 } },
  });
  await done({ type: "change_backup_policy", backup_policy: { plan: "weekly", weekday: "WED", hour: 20 } });
  const { policies } = (
    await cloud.get<{ policies: Record<string, { next_backup_window: { start: string } }> }>(
      "/v2/droplets/backups/policies",
    )
  ).body;
  const window = new Date(policies[String(id)]?.next_backup_window.start ?? "");
  assert.deepEqual([window.getUTCDay(), window.getUTCHours()], [3, 20]);
  assert.ok(window.getTime() > Date.now());
  assert.equal((await done({ type: "disable_backups" })).next_backup_window, null);

  const { actions } = (await cloud.get<{ actions: Made[] }>(`/v2/droplets/${id}/actions?per_page=200`)).body;
  assert.deepEqual(
    actions.slice(0, 2).map(({ type }) => type),
    ["disable_backups", "change_backup_policy"],
  );
  assert.equal(actions.at(-1)?.type, "create");
  await cloud.delete(`/v2/droplets/${id}`);
  assert.equal(
    (await cloud.get(`/v2/actions/${actions[0]?.id}`)).status,
    200,
    "actions outlive their droplet",
  );
});

test("while an action lasts its droplet is locked, and shows what it was before", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await activeDroplet(cloud, "box");
  const stall = { method: "POST", path: "/v2/droplets/*/actions", times: 1, effect: { kind: "stall" } };
  await cloud.post("/_local/faults", stall);
  const { body } = await act(cloud, id, { type: "power_off" });
  assert.partialDeepStrictEqual((await cloud.get(`/v2/droplets/${id}`)).body, {
    droplet: { status: "active", locked: true },
  });
  assert.partialDeepStrictEqual((await cloud.get(`/v2/actions/${body.action.id}`)).body, {
    action: { status: "in-progress", completed_at: null },
  });
  assert.match((await act(cloud, id, { type: "power_on" })).body.message, /pending event/);
  assert.equal((await cloud.delete(`/v2/droplets/${id}`)).status, 422);
});

test("an action can be for all droplets of a tag", async (t) => {
  const cloud = await cloudFor(t);
  const made = [
    await activeDroplet(cloud, "a", { tags: ["x"] }),
    await activeDroplet(cloud, "b", { tags: ["x"] }),
  ];
  const { status, body } = await cloud.post<{ actions: Made[] }>("/v2/droplets/actions?tag_name=x", {
    type: "power_off",
  });
  assert.equal(status, 201);
  assert.deepEqual(
    body.actions.map((action) => action.resource_id),
    made.map(({ id }) => id),
  );
  for (const { id } of made) assert.equal((await idle(cloud, id)).status, "off");
  assert.equal(
    (await cloud.post("/v2/droplets/actions?tag_name=x", { type: "rename", name: "y" })).status,
    422,
  );
});

test("no id and no address is ever given out twice among what lives, and no id among what ever lived", async (t) => {
  const cloud = await cloudFor(t);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.nat()), { maxLength: 12 }), async (steps) => {
      const seen = new Set<string>();
      const living: Made[] = [];
      for (const [number, step] of steps.entries()) {
        if (step === null || living.length === 0) {
          const droplet = await activeDroplet(cloud, `n${number}`);
          assert.ok(!seen.has(String(droplet.id)), `${droplet.id} was given out before`);
          seen.add(String(droplet.id));
          living.push(droplet);
        } else {
          const [gone] = living.splice(step % living.length, 1);
          assert.equal((await cloud.delete(`/v2/droplets/${gone?.id}`)).status, 204);
        }
        for (const type of ["public", "private"]) {
          const all = living.flatMap((droplet) => addresses(droplet, type));
          assert.equal(new Set(all).size, living.length);
        }
      }
      for (const { id } of living) await cloud.delete(`/v2/droplets/${id}`);
    }),
    { numRuns: 15 },
  );
});
