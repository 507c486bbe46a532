import type { Checkout } from "./checkout.ts";

/** The lists that show what an account has. */
const lists: Record<string, string> = {
  "/v2/vpcs": "vpcs",
  "/v2/vpc_peerings": "vpc_peerings",
  "/v2/vpc_nat_gateways": "vpc_nat_gateways",
  "/v2/databases": "databases",
  "/v2/apps": "apps",
  "/v2/droplets": "droplets",
  "/v2/droplets/autoscale": "autoscale_pools",
  "/v2/firewalls": "firewalls",
  "/v2/load_balancers": "load_balancers",
  "/v2/account/keys": "ssh_keys",
  "/v2/domains": "domains",
  "/v2/certificates": "certificates",
  "/v2/cdn/endpoints": "endpoints",
  "/v2/spaces/keys": "keys",
  "/v2/monitoring/alerts": "policies",
  "/v2/uptime/checks": "checks",
  "/v2/projects": "projects",
  "/v2/tags": "tags",
};

interface Item {
  name?: string;
  spec?: { name: string };
  description?: string;
  origin?: string;
}

/** Names of everything that the account of a checkout's local cloud has, by list. */
export async function contents({ api }: Checkout): Promise<Record<string, string[]>> {
  const names: Record<string, string[]> = {};
  for (const [path, key] of Object.entries(lists)) {
    const { body } = await api("GET", `${path}?per_page=200`);
    const items = (body as Record<string, Item[] | null>)[key] ?? [];
    names[key] = items
      .map(({ name, spec, description, origin }) => name ?? spec?.name ?? description ?? origin ?? "?")
      .sort();
  }
  const { body } = await api("GET", "/_local/contents");
  const all = (body as { contents: { kind: string; name: string }[] }).contents;
  names.buckets = all
    .filter(({ kind }) => kind === "bucket")
    .map(({ name }) => name)
    .sort();
  return names;
}
