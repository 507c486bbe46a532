import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudFor } from "../testing.ts";

interface Credentials {
  auths: { "registry.digitalocean.com": { auth: string } };
}
const registry = { name: "shop", subscription_tier_slug: "basic", region: "fra1" };

test("an account has one registry, or several of the professional tier; older paths mean the first", async (t) => {
  const cloud = await cloudFor(t);
  assert.equal((await cloud.get("/v2/registry")).status, 404);
  assert.equal((await cloud.get("/v2/registry/subscription")).status, 404);
  await cloud.make("/v2/registry", registry);
  assert.partialDeepStrictEqual((await cloud.get("/v2/registries/shop")).body, {
    registry: { name: "shop", region: "fra1" },
  });
  assert.partialDeepStrictEqual((await cloud.get("/v2/registry")).body, { registry: { name: "shop" } });
  assert.partialDeepStrictEqual((await cloud.get("/v2/registries/subscription")).body, {
    subscription: { tier: { slug: "basic" } },
  });

  assert.equal((await cloud.post("/v2/registries", { name: "second" })).status, 412);
  assert.equal((await cloud.post("/v2/registry/subscription", { tier_slug: "professional" })).status, 200);
  assert.equal((await cloud.post("/v2/registries/validate-name", { name: "shop" })).status, 409);
  assert.equal((await cloud.post("/v2/registries", { name: "shop" })).status, 409);
  await cloud.make("/v2/registries", { name: "second" });
  assert.equal((await cloud.post("/v2/registries/subscription", { tier_slug: "basic" })).status, 412);
  assert.equal((await cloud.post("/v2/registries", { name: "No Caps" })).status, 422);
  assert.equal((await cloud.delete("/v2/registry")).status, 204);
  assert.partialDeepStrictEqual((await cloud.get("/v2/registries")).body, {
    registries: [{ name: "second" }],
  });
});

test("a registry has credentials, and no images", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/v2/registries", registry);
  const { body } = await cloud.get<Credentials>("/v2/registries/shop/docker-credentials?read_write=true");
  const login = Buffer.from(body.auths["registry.digitalocean.com"].auth, "base64").toString();
  assert.match(login, /^local@breakwater\.invalid:doo_v1_[0-9a-f]{64}$/);
  for (const part of ["repositoriesV2", "garbage-collections"])
    assert.partialDeepStrictEqual((await cloud.get(`/v2/registry/shop/${part}`)).body, {
      meta: { total: 0 },
    });
  assert.equal((await cloud.get("/v2/registries/shop/garbage-collection")).status, 404);
});
