import { ok, type Route } from "../../call.ts";
import { notFound } from "../../errors.ts";

const GIB = 1024 ** 3;
/** App Platform bills by the second; a month has 28 days of them (https://docs.digitalocean.com/products/app-platform/details/pricing/). */
const SECONDS_A_MONTH = 28 * 24 * 3600;

export interface InstanceSize {
  slug: string;
  name: string;
  dedicated: boolean;
  cpus: number;
  gib: number;
  /** USD a month. */
  price: number;
  /** GiB a month. */
  bandwidth: number;
  tier: "basic" | "professional";
  /** It comes with one instance only. */
  single: boolean;
}

const shared = (
  slug: string,
  cpus: number,
  gib: number,
  price: number,
  bandwidth: number,
  single = false,
): InstanceSize => ({
  slug,
  name: `Shared ${cpus}VCPU ${gib}GB${slug.endsWith("-fixed") ? " Fixed" : ""}`,
  dedicated: false,
  cpus,
  gib,
  price,
  bandwidth,
  tier: single ? "basic" : "professional",
  single,
});

const dedicated = (cpus: number, gib: number, price: number, bandwidth: number): InstanceSize => ({
  slug: `apps-d-${cpus}vcpu-${gib}gb`,
  name: `Dedicated ${cpus}VCPU ${gib}GB`,
  dedicated: true,
  cpus,
  gib,
  price,
  bandwidth,
  tier: "professional",
  single: false,
});

/** GET /v2/apps/tiers/instance_sizes, August 2026. */
const INSTANCE_SIZES: readonly InstanceSize[] = [
  shared("apps-s-1vcpu-0.5gb", 1, 0.5, 5, 50, true),
  shared("apps-s-1vcpu-1gb-fixed", 1, 1, 10, 100, true),
  shared("apps-s-1vcpu-1gb", 1, 1, 12, 150),
  shared("apps-s-1vcpu-2gb", 1, 2, 25, 200),
  shared("apps-s-2vcpu-4gb", 2, 4, 50, 250),
  dedicated(1, 0.5, 29, 100),
  dedicated(1, 1, 34, 200),
  dedicated(1, 2, 39, 300),
  dedicated(1, 4, 49, 400),
  dedicated(2, 4, 78, 500),
  dedicated(2, 8, 98, 600),
  dedicated(4, 8, 156, 700),
  dedicated(4, 16, 196, 800),
  dedicated(8, 32, 392, 900),
];

/** Deprecated slugs that specs may still name, and the size that each stands for. */
const LEGACY: Record<string, string> = {
  "basic-xxs": "apps-s-1vcpu-0.5gb",
  "basic-xs": "apps-s-1vcpu-1gb-fixed",
  "basic-s": "apps-s-1vcpu-2gb",
  "basic-m": "apps-s-2vcpu-4gb",
  "professional-xs": "apps-s-1vcpu-1gb",
  "professional-s": "apps-s-1vcpu-2gb",
  "professional-m": "apps-s-2vcpu-4gb",
  "professional-1l": "apps-d-1vcpu-4gb",
  "professional-l": "apps-d-2vcpu-8gb",
  "professional-xl": "apps-d-4vcpu-16gb",
};

export const DEFAULT_SIZE = "apps-s-1vcpu-0.5gb";

export const findSize = (slug: string): InstanceSize | undefined =>
  INSTANCE_SIZES.find((size) => size.slug === (LEGACY[slug] ?? slug));

const sizeView = (size: InstanceSize) => ({
  name: size.name,
  slug: size.slug,
  cpu_type: size.dedicated ? "DEDICATED" : "SHARED",
  cpus: String(size.cpus),
  memory_bytes: String(size.gib * GIB),
  usd_per_month: size.price.toFixed(2),
  usd_per_second: (size.price / SECONDS_A_MONTH).toFixed(12),
  tier_slug: size.tier,
  ...(size.single && { single_instance_only: true }),
  ...(size.dedicated && { scalable: true }),
  bandwidth_allowance_gib: String(size.bandwidth),
});

export interface AppRegion {
  slug: string;
  label: string;
  flag: string;
  continent: string;
  /** The datacentre whose VPCs its apps can join, first (https://docs.digitalocean.com/products/app-platform/how-to/enable-vpc/). */
  data_centers: string[];
  default?: true;
}

export const APP_REGIONS: readonly AppRegion[] = [
  {
    slug: "nyc",
    label: "New York",
    flag: "usa",
    continent: "North America",
    data_centers: ["nyc1", "nyc3"],
    default: true,
  },
  { slug: "ams", label: "Amsterdam", flag: "netherlands", continent: "Europe", data_centers: ["ams3"] },
  { slug: "fra", label: "Frankfurt", flag: "germany", continent: "Europe", data_centers: ["fra1"] },
  { slug: "sfo", label: "San Francisco", flag: "usa", continent: "North America", data_centers: ["sfo3"] },
  { slug: "sgp", label: "Singapore", flag: "singapore", continent: "Asia", data_centers: ["sgp1"] },
  { slug: "blr", label: "Bangalore", flag: "india", continent: "Asia", data_centers: ["blr1"] },
  { slug: "tor", label: "Toronto", flag: "canada", continent: "North America", data_centers: ["tor1"] },
  { slug: "lon", label: "London", flag: "uk", continent: "Europe", data_centers: ["lon1"] },
  { slug: "syd", label: "Sydney", flag: "australia", continent: "Australia", data_centers: ["syd1"] },
  { slug: "atl", label: "Atlanta", flag: "usa", continent: "North America", data_centers: ["atl1"] },
];

export const DEFAULT_REGION = "nyc";

export const findRegion = (slug: string): AppRegion | undefined =>
  APP_REGIONS.find((region) => region.slug === slug);

const TIERS = [
  { name: "Basic", slug: "basic", egress_bandwidth_bytes: String(40 * GIB), build_seconds: "24000" },
  {
    name: "Professional",
    slug: "professional",
    egress_bandwidth_bytes: String(100 * GIB),
    build_seconds: "60000",
  },
];

export const catalogRoutes: Route[] = [
  { method: "GET", path: "/v2/apps/tiers", handle: () => ok({ tiers: TIERS }) },
  // Nothing is built here, so that no buildpack is on offer.
  { method: "GET", path: "/v2/apps/buildpacks", handle: () => ok({ buildpacks: [] }) },
  { method: "GET", path: "/v2/apps/regions", handle: () => ok({ regions: APP_REGIONS }) },
  {
    method: "GET",
    path: "/v2/apps/tiers/instance_sizes",
    handle: () => ok({ discount_percent: 0, instance_sizes: INSTANCE_SIZES.map(sizeView) }),
  },
  {
    method: "GET",
    path: "/v2/apps/tiers/instance_sizes/:slug",
    handle(call) {
      const size = INSTANCE_SIZES.find((size) => size.slug === call.params.slug);
      if (!size) throw notFound("instance size not found");
      return ok({ instance_size: sizeView(size) });
    },
  },
];
