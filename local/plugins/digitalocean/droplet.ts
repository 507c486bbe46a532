/** A droplet as the API shows it, in the words of programs (terraform-provider-digitalocean: droplet/droplets.go). */
import { boolean, integer, number, type Properties, type Property, set, string } from "../provider/schema.ts";
import { asBody, bodies } from "./api.ts";

const text = (raw: unknown): string => (typeof raw === "string" ? raw : "");
const slug = (api: string): Property => string({ api, read: (raw) => text(asBody(raw).slug) });
const price = (field: string): Property =>
  number({ api: "size", read: (raw) => Number(asBody(raw)[field] ?? 0) });
const feature = (name: string): Property =>
  boolean({ api: "features", read: (raw) => Array.isArray(raw) && raw.includes(name) });
const address = (version: "v4" | "v6", type: string): Property =>
  string({
    api: "networks",
    read: (raw) => {
      const networks = bodies(asBody(raw)[version]);
      return text(networks.find((network) => network.type === type)?.ip_address).toLowerCase();
    },
  });

/** What the resource and the functions read of one. */
export const dropletFields: Properties = {
  name: string(),
  region: slug("region"),
  size: slug("size"),
  priceHourly: price("price_hourly"),
  priceMonthly: price("price_monthly"),
  disk: integer(),
  vcpus: integer(),
  memory: integer(),
  status: string(),
  locked: boolean(),
  createdAt: string(),
  vpcUuid: string(),
  ipv4Address: address("v4", "public"),
  ipv4AddressPrivate: address("v4", "private"),
  ipv6Address: address("v6", "public"),
  backups: feature("backups"),
  ipv6: feature("ipv6"),
  privateNetworking: feature("private_networking"),
  monitoring: feature("monitoring"),
  volumeIds: set(string()),
  tags: set(string()),
};

/** The slug of its image, or the id of one that has none. */
export const image: Property = string({
  read: (raw) => {
    const { slug, id } = asBody(raw);
    return text(slug) || String(id);
  },
});

/** What the functions tell beside: the resource has other words for it, or none. */
export const dropletLookup: Properties = {
  id: integer(),
  ...dropletFields,
  image,
  urn: string({ api: "id", read: (raw) => `do:droplet:${String(raw)}` }),
  ipv6AddressPrivate: address("v6", "private"),
  gpuPartitionMode: string(),
};
