import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Client, cloudFor, DROPLET, idle, type Made, madeKey } from "../../testing.ts";

interface Member {
  droplet_id: number;
  status: string;
}

const members = async (cloud: Client, pool: Made): Promise<Member[]> =>
  (await cloud.get<{ droplets: Member[] }>(`/v2/droplets/autoscale/${pool.id}/members?per_page=200`)).body
    .droplets;
/** Without those that are going. */
const staying = async (cloud: Client, pool: Made): Promise<number[]> =>
  (await members(cloud, pool))
    .filter(({ status }) => status !== "deleting")
    .map(({ droplet_id }) => droplet_id);

async function poolOf(cloud: Client, config: object, template: object = {}) {
  const ssh_keys = [String(await madeKey(cloud))];
  const input = { name: "web", config, droplet_template: { ...DROPLET, ssh_keys, ...template } };
  return { input, pool: await cloud.make("/v2/droplets/autoscale", input) };
}

test("a fixed pool has its members, as ordinary droplets of its template", async (t) => {
  const cloud = await cloudFor(t);
  const vpc = await cloud.make("/v2/vpcs", { name: "net", region: "fra1" });
  const project = await cloud.make("/v2/projects", { name: "p", purpose: "x" });
  const { pool, input } = await poolOf(
    cloud,
    { target_number_instances: 2 },
    { tags: ["web"], vpc_uuid: vpc.id, project_id: project.id, user_data: "#!/bin/sh" },
  );
  assert.partialDeepStrictEqual(pool, {
    name: "web",
    config: { target_number_instances: 2 },
    status: "active",
  });
  assert.partialDeepStrictEqual(pool.droplet_template, input.droplet_template);
  const ids = await staying(cloud, pool);
  assert.equal(ids.length, 2);
  for (const id of ids)
    assert.partialDeepStrictEqual(await idle(cloud, id), {
      status: "active",
      vpc_uuid: vpc.id,
      tags: ["web"],
    });
  assert.partialDeepStrictEqual((await cloud.get(`/v2/droplets/autoscale/${pool.id}`)).body, {
    autoscale_pool: { active_resources_count: 2, droplet_template: { user_data: "#!/bin/sh" } },
  });
  const { body } = await cloud.get<{ resources: unknown[] }>(`/v2/projects/${project.id}/resources`);
  assert.equal(body.resources.length, 2);
  assert.partialDeepStrictEqual((await cloud.get(`/v2/droplets/autoscale/${pool.id}/history`)).body, {
    history: [
      {
        current_instance_count: 0,
        desired_instance_count: 2,
        reason: "CONFIGURATION_CHANGE",
        status: "success",
      },
    ],
  });
  assert.equal((await cloud.delete(`/v2/vpcs/${vpc.id}`)).status, 403);
});

test("deleting a pool leaves its members, deleting it dangerously doesn't; then nothing is there under its id", async (t) => {
  const cloud = await cloudFor(t);
  const { pool, input } = await poolOf(cloud, { target_number_instances: 2 });
  assert.equal((await cloud.delete(`/v2/droplets/autoscale/${pool.id}`)).status, 202);
  const { status, body } = await cloud.get<{ message: string }>(`/v2/droplets/autoscale/${pool.id}`);
  assert.deepEqual([status, body.message], [404, `autoscale group with id ${pool.id} not found`]);
  const count = async () => (await cloud.get<{ droplets: unknown[] }>("/v2/droplets")).body.droplets.length;
  assert.equal(await count(), 2);
  const again = await cloud.make("/v2/droplets/autoscale", input);
  assert.equal(await count(), 4);
  assert.equal((await cloud.delete(`/v2/droplets/autoscale/${again.id}/dangerous`)).status, 202);
  assert.equal(await count(), 2);
});

test("a new template makes new members; the old ones go after the cooldown", async (t) => {
  const cloud = await cloudFor(t, { timeScale: 1000 }); // a cooldown takes days: nothing is gone in this test
  const { pool, input } = await poolOf(cloud, { target_number_instances: 2 });
  const before = await staying(cloud, pool);
  const same = { ...input, config: { target_number_instances: 2 } };
  await cloud.put(`/v2/droplets/autoscale/${pool.id}`, same);
  assert.deepEqual(await staying(cloud, pool), before, "the same template changes no member");
  const droplet_template = { ...input.droplet_template, image: "debian-13-x64" };
  assert.equal(
    (await cloud.put(`/v2/droplets/autoscale/${pool.id}`, { ...input, droplet_template })).status,
    200,
  );
  const all = await members(cloud, pool);
  assert.deepEqual(
    all.map(({ droplet_id, status }) => [before.includes(droplet_id), status]),
    [
      [true, "deleting"],
      [true, "deleting"],
      [false, "provisioning"],
      [false, "provisioning"],
    ],
  );
});

test("what can't be a pool is refused in words", async (t) => {
  const cloud = await cloudFor(t);
  const { input, pool } = await poolOf(cloud, { target_number_instances: 1 });
  const template = input.droplet_template;
  for (const [facts, says] of [
    [{ config: {} }, /either target_number_instances/],
    [{ config: { target_number_instances: 1, min_instances: 1, max_instances: 2 } }, /either/],
    [{ config: { min_instances: 2 } }, /max_instances/],
    [{ config: { min_instances: 3, max_instances: 2 } }, /at least min_instances/],
    [{ config: { target_number_instances: 26 } }, /droplet limit/],
    [{ config: { min_instances: 1, max_instances: 2, target_cpu_utilization: 2 } }, /target_cpu_utilization/],
    [{ config: { min_instances: 1, max_instances: 2, cooldown_minutes: 1 } }, /cooldown_minutes/],
    [{ droplet_template: { ...template, ssh_keys: [] } }, /ssh_keys/],
    [{ droplet_template: { ...template, ssh_keys: ["17"] } }, /invalid key identifiers/],
    [{ droplet_template: { ...template, size: "huge" } }, /invalid size/],
  ] as const) {
    for (const answer of [
      await cloud.post<{ message: string }>("/v2/droplets/autoscale", { ...input, ...facts }),
      await cloud.put<{ message: string }>(`/v2/droplets/autoscale/${pool.id}`, { ...input, ...facts }),
    ]) {
      assert.equal(answer.status, 422, JSON.stringify(facts));
      assert.match(answer.body.message, says);
    }
  }
  assert.equal((await staying(cloud, pool)).length, 1, "a refused change changes nothing");
});

test("whatever is asked of a pool, it has from its least to its most members", async (t) => {
  const cloud = await cloudFor(t);
  const size = fc.integer({ min: 1, max: 4 });
  const config = fc.oneof(
    size.map((target_number_instances) => ({ target_number_instances })),
    fc.tuple(size, size).map(([one, other]) => ({
      min_instances: Math.min(one, other),
      max_instances: Math.max(one, other),
      target_cpu_utilization: 0.5,
    })),
  );
  const step = fc.oneof(
    config.map((config) => ({ config })),
    fc.constantFrom("debian-13-x64", "ubuntu-24-04-x64").map((image) => ({ image })),
    fc.nat().map((lost) => ({ lost })),
  );
  await fc.assert(
    fc.asyncProperty(config, fc.array(step, { maxLength: 8 }), async (first, steps) => {
      await cloud.post("/_local/reset");
      const { pool, input } = await poolOf(cloud, first);
      const check = async () => {
        const {
          min_instances: least,
          max_instances: most,
          target_number_instances: target,
        } = input.config as Record<string, number | undefined>;
        const count = (await staying(cloud, pool)).length;
        assert.ok(count >= (target ?? least ?? 0) && count <= (target ?? most ?? 0), `${count} members`);
      };
      await check();
      for (const one of steps) {
        if ("lost" in one) {
          const ids = await staying(cloud, pool);
          await cloud.delete(`/v2/droplets/${ids[one.lost % ids.length]}`);
        } else {
          if ("config" in one) input.config = one.config;
          else input.droplet_template = { ...input.droplet_template, image: one.image };
          assert.equal((await cloud.put(`/v2/droplets/autoscale/${pool.id}`, input)).status, 200);
        }
        await check();
      }
    }),
    { numRuns: 12 },
  );
});
