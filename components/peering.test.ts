import assert from "node:assert/strict";
import { test } from "node:test";
import { Peering } from "./peering.ts";
import { record, resolved } from "./testing.ts";

test("a peering joins two VPCs, and is taken down before its successor is made", async () => {
  const { resources, named, result } = await record(
    () => new Peering("peering", { peeringName: "shop-prod", vpcIds: ["data", "apps"] }),
  );
  assert.deepEqual(
    resources.map(({ type, name }) => [type, name]),
    [
      ["breakwater:network:Peering", "peering"],
      ["digitalocean:index/vpcPeering:VpcPeering", "peering-peering"],
    ],
  );
  assert.deepEqual(named("peering-peering").inputs, { name: "shop-prod", vpcIds: ["data", "apps"] });
  assert.equal(named("peering-peering").deleteBeforeReplace, true);
  assert.equal((await resolved(result.peeringId)).value, "peering-peering-id");
});

test("a name that can't be is refused before anything is made", async () => {
  const { resources } = await record(() =>
    assert.throws(
      () => new Peering("peering", { peeringName: "a b", vpcIds: ["x", "y"] }),
      /peeringName a b/,
    ),
  );
  assert.deepEqual(resources, []);
});
