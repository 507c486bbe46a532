import * as z from "zod";
import { type Call, timestamp } from "../call.ts";
import { forbidden, unprocessable } from "../errors.ts";
import { page } from "../paging.ts";
import { members } from "../relations.ts";
import { create, resource, update } from "../resource.ts";
import type { Saved } from "../store.ts";
import type { Area } from "./area.ts";
import { REGIONS, regionSlug } from "./datacenters.ts";
import { freeRange, type Network, overlaps, privateRange } from "./networks.ts";

export interface Vpc {
  description: string;
  region: string;
  ip_range: string;
  /** The one of its region that resources join when they name none. */
  default: boolean;
}

/** Where ranges are looked for; those of the default VPCs lie apart from those that programs like to choose. */
const NEW_RANGES = "10.132.0.0";
const DEFAULT_RANGES = "10.124.0.0";

const Name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9\-.]+$/, "may only contain letters, numbers, dashes, and periods");
const Description = z.string().max(255);

export const vpcs = resource<Vpc>({
  kind: "VPC",
  path: "/v2/vpcs",
  roots: ["vpc", "vpcs"],
  urn: "vpc",
  nameTaken: "a VPC with the same name already exists",

  create: create({
    input: z.object({
      name: Name,
      description: Description.nullish(),
      region: regionSlug,
      ip_range: z
        .string()
        .nullish()
        .transform((range) => range || undefined),
    }),
    make: (input, call) => ({
      name: input.name,
      description: input.description ?? "",
      region: input.region,
      ip_range:
        input.ip_range === undefined
          ? freeRange(taken(call), NEW_RANGES)
          : checkedRange(input.ip_range, call),
      default: defaultOf(call, input.region) === undefined,
    }),
  }),

  update: {
    PUT: update({
      input: z.object({ name: Name, description: Description.nullish(), default: z.boolean().nullish() }),
      apply: (vpc, input, call) => changed(vpc, { ...input, description: input.description ?? "" }, call),
    }),
    PATCH: update({
      input: z.object({
        name: Name.nullish(),
        description: Description.nullish(),
        default: z.boolean().nullish(),
      }),
      apply: changed,
    }),
  },

  remove: {
    // Both are 403 (API description, vpcs_delete); clients repeat a delete that meets one, waiting for members to go.
    refuse(vpc, call) {
      if (vpc.default) throw forbidden("Can not delete the default VPC of a region");
      if (members(call, vpc.id).length > 0) throw forbidden("Can not delete VPC with members");
      const peerings = call.store.list<{ vpc_ids: string[] }>("VPC peering", "");
      if (peerings.some(({ vpc_ids }) => vpc_ids.includes(vpc.id)))
        throw forbidden("Can not delete VPC with peerings");
    },
  },

  view: (vpc) => ({
    id: vpc.id,
    urn: vpc.urn,
    name: vpc.name,
    description: vpc.description,
    region: vpc.region,
    ip_range: vpc.ip_range,
    created_at: timestamp(vpc.createdAt),
    default: vpc.default,
  }),
  row: (vpc, call) => ({
    where: vpc.region,
    detail: `${vpc.ip_range}, ${members(call, vpc.id).length} members${vpc.default ? ", default" : ""}`,
  }),
});

vpcs.read("/members", (vpc, call) => {
  const type = call.query.get("resource_type");
  const shown = members(call, vpc.id)
    .flatMap((link) => call.store.byUrn(link.holder) ?? [])
    .filter((member) => !type || member.urn?.startsWith(`do:${type}:`));
  return page(call, "members", shown, (member) => ({
    urn: member.urn,
    name: member.name,
    created_at: timestamp(member.createdAt),
  }));
});

/** The VPC that `id` names, or the region's default one; `field` is what requests call it. */
export function vpcFor(
  call: Call<unknown>,
  region: string,
  id: string | undefined,
  field = "private_network_uuid",
): Saved<Vpc> {
  const vpc = id === undefined ? defaultOf(call, region) : vpcs.find(call, id);
  if (!vpc) throw unprocessable(`${field}: VPC ${id ?? `default-${region}`} not found`);
  if (vpc.region !== region)
    throw unprocessable(`${field}: VPC ${vpc.id} is in ${vpc.region}, not in ${region}`);
  return vpc;
}

const defaultOf = (call: Call<unknown>, region: string): Saved<Vpc> | undefined =>
  vpcs.all(call).find((vpc) => vpc.region === region && vpc.default);

const taken = (call: Call<unknown>): Network[] =>
  vpcs.all(call).flatMap((vpc) => privateRange(vpc.ip_range) ?? []);

function checkedRange(text: string, call: Call): string {
  const range = privateRange(text);
  if (!range)
    throw unprocessable("ip_range must be a private network (RFC 1918) in CIDR notation, from /28 to /16");
  if (taken(call).some((other) => overlaps(range, other)))
    throw unprocessable("This range/size overlaps with another VPC network in your account");
  return text;
}

function changed(
  vpc: Saved<Vpc>,
  input: { name?: string | null; description?: string | null; default?: boolean | null },
  call: Call,
): Saved<Vpc> {
  if (vpc.default && input.default === false)
    throw unprocessable("default can not be unset: make another VPC of the region the default one");
  const previous = input.default ? defaultOf(call, vpc.region) : undefined;
  if (previous && previous.id !== vpc.id) vpcs.save(call, { ...previous, default: false });
  return {
    ...vpc,
    name: input.name ?? vpc.name,
    description: input.description ?? vpc.description,
    default: input.default ?? vpc.default,
  };
}

/**
 * On the platform the first VPC of a region becomes its default one, for good. A new local account is one that has been
 * used: every region has its default VPC from the start, so that those that a program makes can go again.
 */
function seed(call: Call): void {
  for (const region of REGIONS)
    vpcs.insert(call, {
      name: `default-${region}`,
      description: "",
      region,
      ip_range: freeRange(taken(call), DEFAULT_RANGES),
      default: true,
    });
}

export const area: Area = { title: "VPCs", resources: [vpcs], seed };
