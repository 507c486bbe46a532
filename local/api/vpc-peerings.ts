import * as z from "zod";
import { type Call, ok, stateAt, type Transition, timestamp, transition } from "../call.ts";
import { conflict, notFound, unprocessable } from "../errors.ts";
import { UUID } from "../input.ts";
import { page } from "../paging.ts";
import { create, resource, update } from "../resource.ts";
import type { Saved } from "../store.ts";
import type { Area } from "./area.ts";
import { overlaps, privateRange } from "./networks.ts";
import { type Vpc, vpcs } from "./vpcs.ts";

export interface Peering {
  vpc_ids: [string, string];
  change: Transition;
}

/** Estimates: the platform publishes none. */
const CREATE_SECONDS = 3;
const DELETE_SECONDS = 3;

const Name = z.string().regex(/^[a-zA-Z0-9-]+$/, "may only contain letters, numbers and dashes");
const Id = z.string().regex(UUID, "must be a UUID");

export const peerings = resource<Peering>({
  kind: "VPC peering",
  path: "/v2/vpc_peerings",
  roots: ["vpc_peering", "vpc_peerings"],
  nameTaken: "a VPC peering with the same name already exists",
  listed(peering, call) {
    const region = call.query.get("region");
    return !region || peering.vpc_ids.some((id) => vpcs.find(call, id)?.region === region);
  },

  create: create({
    input: z.object({ name: Name, vpc_ids: z.tuple([Id, Id], "must name the two VPCs") }),
    status: 202,
    make: ({ name, vpc_ids }, call) => made(name, vpc_ids, call),
  }),
  update: {
    PATCH: update({ input: z.object({ name: Name }), apply: (peering, { name }) => ({ ...peering, name }) }),
  },
  remove: {
    status: 202,
    seconds: DELETE_SECONDS,
    visible: true,
    reply: (peering, call) => ({ vpc_peering: view({ ...peering, leaving: true }, call) }),
  },
  view,
  row: (peering, call) => ({
    state: stateOf(peering, call),
    detail: peering.vpc_ids.map((id) => vpcs.find(call, id)?.name).join(" and "),
  }),
});

vpcs.read("/peerings", (vpc, call) =>
  page(call, "peerings", peeringsOf(call, vpc.id), (peering) => view(peering, call)),
);
vpcs.on("POST", "/peerings", z.object({ name: Name, vpc_id: Id }), (vpc, input, call) => {
  if (peerings.all(call).some((peering) => peering.name === input.name))
    throw unprocessable("a VPC peering with the same name already exists");
  const peering = peerings.insert(call, made(input.name, [vpc.id, input.vpc_id], call));
  return { status: 202, body: { peering: view(peering, call) } };
});
vpcs.on("PATCH", "/peerings/:peering", z.object({ name: Name }), (vpc, { name }, call) => {
  const peering = peeringsOf(call, vpc.id).find(({ id }) => id === call.params.peering);
  if (!peering) throw notFound("VPC peering not found");
  return ok({ peering: view(peerings.save(call, { ...peering, name }), call) });
});

/** https://docs.digitalocean.com/products/networking/vpc/details/limits/: ranges of peered VPCs must lie apart. */
function made(name: string, ids: [string, string], call: Call<unknown>): Peering & { name: string } {
  const [one, other] = ids.map((id) => {
    const vpc = vpcs.find(call, id);
    if (!vpc) throw notFound(`VPC ${id} not found`);
    return vpc;
  });
  if (!one || !other || one.id === other.id)
    throw unprocessable("vpc_ids: a VPC can not be peered with itself");
  const isPeered = peeringsOf(call, one.id).some((peering) => peering.vpc_ids.includes(other.id));
  if (isPeered) throw conflict("a VPC peering between these VPCs already exists");
  if (touches(one, other)) throw unprocessable("vpc_ids: the ranges of the two VPCs overlap");
  return { name, vpc_ids: ids, change: transition("PROVISIONING", call.after(CREATE_SECONDS)) };
}

function touches(one: Vpc, other: Vpc): boolean {
  const [range, otherRange] = [privateRange(one.ip_range), privateRange(other.ip_range)];
  return range !== undefined && otherRange !== undefined && overlaps(range, otherRange);
}

const peeringsOf = (call: Call<unknown>, vpc: string): Saved<Peering>[] =>
  peerings.all(call).filter((peering) => peering.vpc_ids.includes(vpc));

const stateOf = (peering: Saved<Peering>, call: Call<unknown>): string =>
  peering.leaving ? "DELETING" : stateAt(call.now, peering.change, "ACTIVE");

function view(peering: Saved<Peering>, call: Call<unknown>): object {
  return {
    id: peering.id,
    name: peering.name,
    vpc_ids: peering.vpc_ids,
    status: stateOf(peering, call),
    created_at: timestamp(peering.createdAt),
  };
}

export const area: Area = { title: "VPC peerings", resources: [peerings] };
