import assert from "node:assert/strict";
import { test } from "node:test";
import { activeDroplet, cloudFor, idle, type Made } from "../../testing.ts";

test("images are everyone's or the account's own, and found by id and slug", async (t) => {
  const cloud = await cloudFor(t);
  const list = async (query = "") =>
    (await cloud.get<{ images: Made[] }>(`/v2/images?per_page=200${query}`)).body.images;
  const all = await list();
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  const [distributions, applications] = [await list("&type=distribution"), await list("&type=application")];
  assert.equal(distributions.length + applications.length, all.length);
  assert.deepEqual(await list("&private=true"), []);
  for (const slug of ["ubuntu-24-04-x64", "debian-13-x64"]) {
    const image = distributions.find((image) => image.slug === slug);
    for (const name of [slug, image?.id])
      assert.deepEqual((await cloud.get(`/v2/images/${name}`)).body, { image });
    assert.equal((await cloud.delete(`/v2/images/${slug}`)).status, 403);
  }

  const url = "https://example.com/disk.img";
  const own = await cloud.make("/v2/images", { name: "own", url, region: "fra1", tags: ["gold"] });
  assert.equal(own.status, "NEW");
  assert.deepEqual(
    (await list("&private=true")).map(({ id }) => id),
    [own.id],
  );
  assert.deepEqual(
    (await list("&tag_name=gold")).map(({ id }) => id),
    [own.id],
  );
  await cloud.post(`/v2/images/${own.id}/actions`, { type: "transfer", region: "ams3" });
  await cloud.put(`/v2/images/${own.id}`, { name: "mine" });
  assert.partialDeepStrictEqual((await cloud.get(`/v2/images/${own.id}`)).body, {
    image: { name: "mine", regions: ["fra1", "ams3"] },
  });
  assert.equal((await cloud.delete(`/v2/images/${own.id}`)).status, 204);
});

test("a snapshot is an image of its droplet, makes others, and outlives it", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await activeDroplet(cloud, "box");
  await cloud.post(`/v2/droplets/${id}/actions`, { type: "snapshot", name: "before" });
  await idle(cloud, id);
  const { snapshots } = (await cloud.get<{ snapshots: Made[] }>(`/v2/droplets/${id}/snapshots`)).body;
  const [snapshot] = snapshots;
  assert.partialDeepStrictEqual(snapshot, {
    name: "before",
    type: "snapshot",
    min_disk_size: 25,
    public: false,
  });
  assert.partialDeepStrictEqual((await cloud.get("/v2/snapshots?resource_type=droplet")).body, {
    snapshots: [{ id: String(snapshot?.id), resource_id: String(id), resource_type: "droplet" }],
  });
  assert.partialDeepStrictEqual((await cloud.get("/v2/snapshots?resource_type=volume")).body, {
    snapshots: [],
  });
  const copy = await activeDroplet(cloud, "copy", { image: snapshot?.id });
  assert.partialDeepStrictEqual(copy, { image: { id: snapshot?.id, slug: null } });
  await cloud.delete(`/v2/droplets/${id}`);
  assert.equal((await cloud.get(`/v2/snapshots/${snapshot?.id}`)).status, 200);
  assert.equal((await cloud.delete(`/v2/snapshots/${snapshot?.id}`)).status, 204);
  assert.equal((await cloud.get(`/v2/images/${snapshot?.id}`)).status, 404);
  assert.partialDeepStrictEqual((await cloud.get(`/v2/droplets/${copy.id}`)).body, {
    droplet: { image: { id: snapshot?.id } },
  });
});
