import { ok, type Route } from "../call.ts";
import { page } from "../paging.ts";
import type { Area } from "./area.ts";
import { NAMES, REGIONS } from "./datacenters.ts";
import { SIZES } from "./sizes.ts";

const FEATURES = ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"];

const list: Route = {
  method: "GET",
  path: "/v2/regions",
  handle: (call) => ok(page(call, "regions", Object.keys(NAMES), regionView)),
};

export function regionView(slug: string): object {
  const isOpen = REGIONS.includes(slug);
  return {
    name: NAMES[slug],
    slug,
    features: FEATURES,
    available: isOpen,
    sizes: isOpen ? SIZES.map((size) => size.slug) : [],
  };
}

export const area: Area = { title: "Regions", resources: [], routes: [list] };
