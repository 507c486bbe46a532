import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudFor, type Made, onlineCluster } from "../testing.ts";

test("a tag comes with its first use, counts what carries it, and filters lists", async (t) => {
  const cloud = await cloudFor(t);
  const orders = await onlineCluster(cloud, "orders", { tags: ["blue", "Green"] });
  await onlineCluster(cloud, "events", { tags: ["GREEN"] });
  const { body } = await cloud.get<{
    tag: { name: string; resources: { count: number; databases: { count: number }; droplets: object } };
  }>("/v2/tags/Green");
  assert.partialDeepStrictEqual(body.tag, {
    name: "Green",
    resources: { count: 2, databases: { count: 2 }, droplets: { count: 0 } },
  });
  const named = async (tag: string) =>
    (await cloud.get<{ databases: Made[] }>(`/v2/databases?tag_name=${tag}`)).body.databases.map(
      ({ name }) => name,
    );
  assert.deepEqual(await named("blue"), ["orders"]);

  assert.equal(
    (await cloud.post("/v2/tags", { name: "blue" })).status,
    201,
    "making sure of one that exists",
  );
  assert.equal((await cloud.post("/v2/tags", { name: "not good" })).status, 422);
  const resources = [{ resource_id: orders.id, resource_type: "database" }];
  assert.equal((await cloud.delete("/v2/tags/blue/resources", { resources })).status, 204);
  assert.deepEqual(await named("blue"), []);
  assert.equal((await cloud.post("/v2/tags/blue/resources", { resources })).status, 204);
  assert.equal((await cloud.post("/v2/tags/none/resources", { resources })).status, 404);
  assert.equal(
    (
      await cloud.post("/v2/tags/blue/resources", {
        resources: [{ resource_id: "1", resource_type: "droplet" }],
      })
    ).status,
    404,
  );

  assert.equal((await cloud.delete("/v2/tags/blue")).status, 204);
  assert.deepEqual((await cloud.get<{ database: Made }>(`/v2/databases/${orders.id}`)).body.database.tags, [
    "Green",
  ]);
});

test("a tag that is named like something else's id goes alone", async (t) => {
  const cloud = await cloudFor(t);
  const { id } = await onlineCluster(cloud, "orders");
  await cloud.make("/v2/tags", { name: id });
  assert.equal((await cloud.delete(`/v2/tags/${id}`)).status, 204);
  const { body } = await cloud.get<{ users: { name: string }[] }>(`/v2/databases/${id}/users`);
  assert.deepEqual(
    body.users.map(({ name }) => name),
    ["doadmin"],
  );
});
