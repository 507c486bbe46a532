import { type Call, timestamp } from "../../call.ts";
import { unprocessable } from "../../errors.ts";
import { newNumber, tagsOf } from "../../relations.ts";
import { resource } from "../../resource.ts";
import { images, imageView } from "../images/images.ts";
import { netmask, privateRange } from "../networks.ts";
import { regionView } from "../regions.ts";
import { diskInfo, findSize, sizeView } from "../sizes.ts";
import { vpcs } from "../vpcs.ts";
import { nextWindow } from "./backups.ts";
import { type Droplet, isLocked, isNew, type SavedDroplet, seen, stateOf } from "./droplet.ts";

/** What the platform's public networks look like. */
const PUBLIC_NETMASK = "255.255.240.0";
const PUBLIC_GATEWAY = "127.22.255.254";
const IPV6_PREFIX = 64;

/** For how long a deleted one stays a member of its VPC: an estimate, the platform publishes none. */
export const TEARDOWN_SECONDS = 10;

/** How it is made, changed and removed: create.ts, actions.ts, removal.ts. */
export const droplets = resource<Droplet>({
  kind: "droplet",
  path: "/v2/droplets",
  roots: ["droplet", "droplets"],
  newId: (_, call) => newNumber(call),
  urn: "droplet",
  vpc: (droplet) => droplet.inside[0]?.vpc,
  inProject: true,
  tagged: true,
  missing: () => "The resource you were accessing could not be found.",
  listed(droplet, call) {
    const name = call.query.get("name");
    return (!name || droplet.name === name) && call.query.get("type") !== "gpus";
  },
  view: dropletView,
  row: (droplet, call) => ({
    state: stateOf(droplet, call),
    where: droplet.region,
    address: droplet.address ?? droplet.inside[0]?.address ?? "",
    detail: `${droplet.size}, ${droplet.image.slug ?? droplet.image.name}${droplet.pool ? ", in an autoscale pool" : ""}`,
  }),
});

export function dropletView(saved: SavedDroplet, call: Call<unknown>): object {
  const droplet = seen(saved, call);
  const size = findSize(droplet.size);
  const own = images.all(call).filter((image) => image.droplet === droplet.id);
  const idsOf = (type: string) => own.filter((image) => image.type === type).map(({ id }) => Number(id));
  return {
    id: Number(droplet.id),
    name: droplet.name,
    memory: size?.memory,
    vcpus: size?.vcpus,
    disk: droplet.disk,
    disk_info: diskInfo(droplet.disk),
    locked: isLocked(saved, call),
    status: stateOf(saved, call),
    kernel: null,
    created_at: timestamp(droplet.createdAt),
    features: features(droplet),
    backup_ids: idsOf("backup"),
    next_backup_window: droplet.backups ? nextWindow(droplet.backups, call.now) : null,
    snapshot_ids: idsOf("snapshot"),
    image: imageView(droplet.image),
    volume_ids: [],
    size: size && sizeView(size),
    size_slug: droplet.size,
    networks: isNew(saved, call) ? { v4: [], v6: [] } : networks(droplet, call),
    region: regionView(droplet.region),
    tags: tagsOf(call, droplet.urn ?? ""),
    vpc_uuid: droplet.inside[0]?.vpc,
  };
}

const features = (droplet: Omit<Droplet, "change">): string[] => [
  ...(droplet.backups ? ["backups"] : []),
  ...(droplet.ipv6 ? ["ipv6"] : []),
  ...(droplet.monitoring ? ["monitoring"] : []),
  ...(droplet.agent ? ["droplet_agent"] : []),
  "private_networking",
];

function networks({ inside, address, ipv6 }: Droplet, call: Call<unknown>): object {
  const [own] = inside;
  const vpc = own && vpcs.find(call, own.vpc);
  const range = vpc && privateRange(vpc.ip_range);
  const within = own &&
    range && { ip_address: own.address, netmask: netmask(range), gateway: "", type: "private" };
  const open = address && {
    ip_address: address,
    netmask: PUBLIC_NETMASK,
    gateway: PUBLIC_GATEWAY,
    type: "public",
  };
  const open6 = ipv6 && {
    ip_address: ipv6,
    netmask: IPV6_PREFIX,
    gateway: `${ipv6.split("::")[0]}::ffff`,
    type: "public",
  };
  return { v4: [within, open].filter(Boolean), v6: [open6].filter(Boolean) };
}

/** The droplets of a request that names them by `?tag_name=`. */
export function withTag(call: Call): SavedDroplet[] {
  const tag = call.query.get("tag_name");
  if (!tag) throw unprocessable("tag_name is required");
  return droplets.all(call).filter((droplet) => tagsOf(call, droplet.urn ?? "").includes(tag));
}
