import * as z from "zod";
import { type Call, transition } from "../../call.ts";
import { unprocessable } from "../../errors.ts";
import { reference, tagList } from "../../input.ts";
import { ACCOUNT_LIMITS } from "../account.ts";
import { record } from "../actions.ts";
import { newPrivateAddress, newPublicAddress } from "../addresses.ts";
import { regionSlug } from "../datacenters.ts";
import { findImage } from "../images/images.ts";
import { findSize } from "../sizes.ts";
import { findKey } from "../ssh-keys.ts";
import { vpcFor, vpcs } from "../vpcs.ts";
import { PolicyInput, policyFrom } from "./backups.ts";
import type { Droplet, SavedDroplet } from "./droplet.ts";
import { droplets } from "./droplets.ts";

/** Seconds, measured on the platform. */
export const CREATE_SECONDS = 23;
/** API description, droplets_create */
const MOST_AT_ONCE = 10;
const MOST_USER_DATA = 64 * 1024;
const ANY_REGION = "nyc3";

const Name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9.-]+$/, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");

/** What droplets are made of, alone or by a pool. */
export const Template = z.object({
  region: regionSlug.or(z.literal("")).nullish(),
  size: z.string(),
  image: z.union([z.string(), z.int()]),
  ssh_keys: z.array(z.union([z.string(), z.int()])).nullish(),
  vpc_uuid: reference,
  ipv6: z.boolean().nullish(),
  public_networking: z.boolean().nullish(),
  with_droplet_agent: z.boolean().nullish(),
  user_data: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= MOST_USER_DATA, "may not exceed 64 KiB")
    .nullish(),
  project_id: reference,
  tags: tagList,
});
export type Template = z.output<typeof Template>;

export const CreateInput = Template.extend({
  name: Name.nullish(),
  names: z.array(Name).min(1).max(MOST_AT_ONCE).nullish(),
  monitoring: z.boolean().nullish(),
  backups: z.boolean().nullish(),
  backup_policy: PolicyInput.nullish(),
  volumes: z.array(z.unknown()).nullish(),
});
export type CreateInput = z.output<typeof CreateInput>;

/** Everything that a droplet of this template would be refused for. */
export function refuseTemplate(call: Call<unknown>, template: Template): void {
  const size = findSize(template.size);
  if (!size) throw unprocessable("You specified an invalid size for Droplet creation.");
  const image = findImage(call, template.image);
  if (!image) throw unprocessable("You specified an invalid image for Droplet creation.");
  const region = regionOf(call, template);
  if (!image.regions.includes(region))
    throw unprocessable(`Image ${template.image} is not available in ${region}.`);
  if (image.min_disk_size > size.disk)
    throw unprocessable("The image's disk is larger than the size's: choose a larger size.");
  const strange = (template.ssh_keys ?? []).filter((key) => !findKey(call, key));
  if (strange.length > 0)
    throw unprocessable(`${strange.join(", ")} are invalid key identifiers for Droplet creation.`);
  vpcFor(call, region, template.vpc_uuid, "vpc_uuid");
}

/** Refuses droplets beyond the account's limit. */
export function refuseBeyondLimit(call: Call<unknown>, more: number): void {
  if (droplets.all(call).length + more > ACCOUNT_LIMITS.droplets)
    throw unprocessable("creating this/these droplet(s) will exceed your droplet limit");
}

/** A new droplet of a template that is not refused. Its user data is for its first boot alone, and kept nowhere. */
export function make(
  call: Call<unknown>,
  name: string,
  template: Template,
  more: Pick<Droplet, "backups" | "pool"> & { monitoring?: boolean } = {},
): SavedDroplet {
  const region = regionOf(call, template);
  const vpc = vpcFor(call, region, template.vpc_uuid, "vpc_uuid");
  const image = findImage(call, template.image);
  if (!image) throw unprocessable("You specified an invalid image for Droplet creation.");
  const until = call.after(CREATE_SECONDS);
  const droplet = droplets.insert(call, {
    name,
    region,
    size: template.size,
    disk: findSize(template.size)?.disk ?? 0,
    image,
    power: "active",
    inside: [{ vpc: vpc.id, address: newPrivateAddress(call, vpc) }],
    ...(template.public_networking !== false && { address: newPublicAddress(call) }),
    ...(template.ipv6 && { ipv6: newIpv6(call) }),
    monitoring: more.monitoring ?? false,
    agent: template.with_droplet_agent ?? true,
    ...(more.backups && { backups: more.backups }),
    ...(more.pool && { pool: more.pool }),
    change: transition("new", until),
  });
  droplets.place(call, droplet, template);
  record(call, "create", actionOn(droplet), until);
  call.store.note(call.now, `created droplet ${name}`);
  return droplet;
}

/** The droplets of a create: one by `name`, or many by `names`. */
export function makeAll(call: Call<unknown>, input: CreateInput): SavedDroplet[] {
  const names = input.names ?? (input.name ? [input.name] : []);
  if (names.length === 0) throw unprocessable("name is required");
  if (input.volumes?.length) throw unprocessable("volumes: the local cloud has no volumes");
  if (input.backup_policy && !input.backups)
    throw unprocessable("backup_policy: backups must be enabled to have a policy");
  refuseTemplate(call, input);
  refuseBeyondLimit(call, names.length);
  const more = {
    monitoring: input.monitoring ?? false,
    ...(input.backups && { backups: policyFrom(input.backup_policy) }),
  };
  return names.map((name) => make(call, name, input, more));
}

export const actionOn = (droplet: SavedDroplet) =>
  ({ resource_type: "droplet", resource_id: Number(droplet.id), region: droplet.region }) as const;

/** An address of the block that is kept for documentation (RFC 3849): it leads nowhere. Each asks for it but once. */
export function newIpv6(call: Call<unknown>): string {
  const number = call.store.inserted();
  return `2001:db8:${Math.floor(number / 2 ** 16).toString(16)}:${(number % 2 ** 16).toString(16)}::1`;
}

/** A droplet may name its VPC alone. */
const regionOf = (call: Call<unknown>, { region, vpc_uuid }: Template): string =>
  region || (vpc_uuid === undefined ? undefined : vpcs.find(call, vpc_uuid)?.region) || ANY_REGION;
