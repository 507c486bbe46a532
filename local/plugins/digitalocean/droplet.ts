/** A droplet as the API shows it, in the words of programs (terraform-provider-digitalocean: droplet/droplets.go). */
import type { Value, Values } from "../provider/values.ts";
import { asBody, type Body, bodies } from "./api.ts";
import { strings } from "./projects.ts";

export function dropletState(droplet: Body): Values {
  const size = asBody(droplet.size);
  const { v4, v6 } = asBody(droplet.networks);
  const feature = (name: string): boolean =>
    Array.isArray(droplet.features) && droplet.features.includes(name);
  return {
    name: text(droplet.name),
    region: text(asBody(droplet.region).slug),
    size: text(size.slug),
    priceHourly: Number(size.price_hourly ?? 0),
    priceMonthly: Number(size.price_monthly ?? 0),
    disk: Number(droplet.disk ?? 0),
    vcpus: Number(droplet.vcpus ?? 0),
    memory: Number(droplet.memory ?? 0),
    status: text(droplet.status),
    locked: droplet.locked === true,
    createdAt: text(droplet.created_at),
    vpcUuid: text(droplet.vpc_uuid),
    ipv4Address: addressOf(v4, "public"),
    ipv4AddressPrivate: addressOf(v4, "private"),
    ipv6Address: addressOf(v6, "public").toLowerCase(),
    backups: feature("backups"),
    ipv6: feature("ipv6"),
    privateNetworking: feature("private_networking"),
    monitoring: feature("monitoring"),
    volumeIds: texts(droplet.volume_ids),
    tags: texts(droplet.tags),
  };
}

/** The slug of its image, or the id of one that has none. */
export function imageOf(droplet: Body): string {
  const { slug, id } = asBody(droplet.image);
  return typeof slug === "string" && slug !== "" ? slug : String(id);
}

const addressOf = (networks: unknown, type: string): string =>
  text(bodies(networks).find((network) => network.type === type)?.ip_address);
const texts = (raw: unknown): Value => (Array.isArray(raw) ? strings(raw) : []);
const text = (raw: unknown): string => (typeof raw === "string" ? raw : "");
