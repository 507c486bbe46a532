import type { Checkout } from "./checkout.ts";

/** The lists that show what an account has. */
const lists: Record<string, string> = {
  "/v2/vpcs": "vpcs",
  "/v2/databases": "databases",
  "/v2/apps": "apps",
  "/v2/projects": "projects",
  "/v2/tags": "tags",
};

/** Names of everything that the account of a checkout's local cloud has, by list. */
export async function contents({ api }: Checkout): Promise<Record<string, string[]>> {
  const names: Record<string, string[]> = {};
  for (const [path, key] of Object.entries(lists)) {
    const { body } = await api("GET", `${path}?per_page=200`);
    const items =
      (body as Record<string, Array<{ name?: string; spec?: { name: string } }> | null>)[key] ?? [];
    names[key] = items.map(({ name, spec }) => name ?? spec?.name ?? "?").sort();
  }
  return names;
}
