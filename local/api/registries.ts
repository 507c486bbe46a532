import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type Call, noContent, ok, type Route, timestamp } from "../call.ts";
import { conflict, notFound, preconditionFailed, unprocessable } from "../errors.ts";
import { parse } from "../input.ts";
import { page } from "../paging.ts";
import { newId } from "../relations.ts";
import { create, resource } from "../resource.ts";
import type { Saved } from "../store.ts";
import { ACCOUNT } from "./account.ts";
import type { Area } from "./area.ts";

/** A container registry without images: nothing takes a push here. */
export interface Registry {
  region: string;
}

interface Subscription {
  tier: string;
  /** Milliseconds since the epoch. */
  updated: number;
}

const GIB = 1024 ** 3;
const tier = (name: string, repositories: number, gib: number, cents: number) => ({
  name,
  slug: name.toLowerCase(),
  included_repositories: repositories,
  included_storage_bytes: gib < 1 ? 500 * 1024 ** 2 : gib * GIB,
  allow_storage_overage: cents > 0,
  included_bandwidth_bytes: gib < 1 ? 500 * 1024 ** 2 : gib * GIB,
  monthly_price_in_cents: cents,
  storage_overage_price_in_cents: cents > 0 ? 2 : 0,
});
/** https://docs.digitalocean.com/products/container-registry/details/pricing/ (2026-08); 0 repositories are any number. */
const TIERS = [tier("Starter", 1, 0.5, 0), tier("Basic", 5, 5, 500), tier("Professional", 0, 100, 2000)];
const REGIONS = ["nyc3", "sfo3", "sfo2", "ams3", "sgp1", "fra1", "blr1", "syd1"];
const HOST = "registry.digitalocean.com";

const Name = z.string().regex(/^[a-z0-9-]{1,63}$/, "may only contain lowercase letters, numbers and dashes");
const Tier = z.enum(["starter", "basic", "professional"]);

const registries = resource<Registry>({
  kind: "registry",
  path: "/v2/registries",
  roots: ["registry", "registries"],
  key: "name",
  nameTaken: () => conflict("name already exists"),
  unpaged: true,

  create: create({
    input: z.object({
      name: Name,
      subscription_tier_slug: Tier.nullish(),
      region: z.enum(REGIONS).or(z.literal("")).nullish(),
    }),
    make(input, call) {
      const known = subscriptionOf(call);
      const slug = input.subscription_tier_slug ?? known?.tier;
      if (slug === undefined) throw unprocessable("subscription_tier_slug is required");
      if (slug !== "professional" && registries.all(call).length > 0)
        throw preconditionFailed(`the subscription tier ${slug} includes one registry`);
      subscribe(call, slug);
      return { name: input.name, region: input.region || "nyc3" };
    },
  }),
  remove: {},
  view: (registry) => ({
    name: registry.name,
    region: registry.region,
    created_at: timestamp(registry.createdAt),
    storage_usage_bytes: 0,
    storage_usage_bytes_updated_at: timestamp(registry.createdAt),
  }),
  row: (registry) => ({ where: registry.region, address: `${HOST}/${registry.name}` }),
});

/** What `docker login` keeps. Nobody here checks it: it is made anew for each who asks. */
registries.read("/docker-credentials", () => {
  const secret = `${ACCOUNT.email}:doo_v1_${randomBytes(32).toString("hex")}`;
  return { auths: { [HOST]: { auth: Buffer.from(secret).toString("base64") } } };
});
registries.read("/repositoriesV2", (_, call) => page(call, "repositories", [], () => ({})));
registries.read("/repositories", (_, call) => page(call, "repositories", [], () => ({})));
registries.read("/garbage-collections", (_, call) => page(call, "garbage_collections", [], () => ({})));
registries.read("/garbage-collection", () => {
  throw notFound("no garbage collection is active");
});

const SUBSCRIPTION = "registry subscription";
/** An account has one subscription for all its registries, from the first one on. */
const subscriptionOf = (call: Call<unknown>): Saved<Subscription> | undefined =>
  call.store.list<Subscription>(SUBSCRIPTION, "")[0];

function subscribe(call: Call<unknown>, slug: string): Saved<Subscription> {
  const known = subscriptionOf(call);
  const facts = { tier: slug, updated: call.now };
  if (known) {
    call.store.update({ ...known, ...facts });
    return { ...known, ...facts };
  }
  const made = { kind: SUBSCRIPTION, id: newId(), parent: "", name: slug, createdAt: call.now, ...facts };
  call.store.insert(made);
  return made;
}

const subscriptionView = ({ tier, createdAt, updated }: Saved<Subscription>) => ({
  subscription: {
    tier: TIERS.find(({ slug }) => slug === tier),
    created_at: timestamp(createdAt),
    updated_at: timestamp(updated),
  },
});

const ofAccount: Route[] = [
  {
    method: "GET",
    path: "/v2/registries/subscription",
    handle(call) {
      const known = subscriptionOf(call);
      if (!known) throw notFound("the account has no registry");
      return ok(subscriptionView(known));
    },
  },
  {
    method: "POST",
    path: "/v2/registries/subscription",
    handle(call) {
      const { tier_slug } = parse(z.object({ tier_slug: Tier }), call.body);
      if (tier_slug !== "professional" && registries.all(call).length > 1)
        throw preconditionFailed(`the subscription tier ${tier_slug} includes one registry`);
      return ok(subscriptionView(subscribe(call, tier_slug)));
    },
  },
  {
    method: "GET",
    path: "/v2/registries/options",
    handle: () =>
      ok({
        options: {
          available_regions: REGIONS,
          subscription_tiers: TIERS.map((one) => ({ ...one, eligible: true })),
        },
      }),
  },
  {
    method: "POST",
    path: "/v2/registries/validate-name",
    handle(call) {
      const { name } = parse(z.object({ name: Name }), call.body);
      if (registries.find(call, name)) throw conflict("name already exists");
      return noContent();
    },
  },
];

/** The older paths, from when an account had one registry: they mean the first one, or name it. */
const older: Route[] = [...registries.routes, ...ofAccount].flatMap((route) => {
  const rest = route.path.replace("/v2/registries", "");
  const isOne = rest === "/:id" || rest === "/:id/docker-credentials";
  if (rest === "" && route.method === "GET") return [];
  const path = `/v2/registry${isOne ? rest.replace("/:id", "") : rest}`;
  const handle = (call: Call) => {
    const [first] = registries.all(call);
    if (isOne && !first) throw notFound("registry not found");
    return route.handle(isOne ? { ...call, params: { id: first?.name ?? "" } } : call);
  };
  return [{ method: route.method, path, handle }];
});

export const area: Area = {
  title: "Container registries",
  resources: [registries],
  routes: [...ofAccount, ...older],
};
