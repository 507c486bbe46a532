import * as z from "zod";
import { type Call, stateAt, type Transition, timestamp, transition } from "../call.ts";
import { unprocessable } from "../errors.ts";
import { reference } from "../input.ts";
import { projectOf } from "../relations.ts";
import { create, resource, update } from "../resource.ts";
import type { Saved } from "../store.ts";
import { type Addressed, newPrivateAddress, newPublicAddress } from "./addresses.ts";
import type { Area } from "./area.ts";
import { regionSlug } from "./datacenters.ts";
import { vpcFor } from "./vpcs.ts";

export interface NatGateway extends Addressed {
  type: "PUBLIC";
  region: string;
  size: number;
  vpcs: Ingress[];
  timeouts: Record<"udp" | "icmp" | "tcp", number>;
  change: Transition;
  /** Milliseconds since the epoch. */
  updated: number;
}

/** A VPC whose members reach the internet through it. */
interface Ingress {
  vpc_uuid: string;
  subnet_uuid?: string;
  default_gateway: boolean;
}

/** Estimates: the platform publishes none. */
const CREATE_SECONDS = 3;
const DELETE_SECONDS = 3;
/** https://docs.digitalocean.com/products/networking/vpc/how-to/create-nat-gateway/ */
const MOST_SIZE = 200;
const DEFAULT_TIMEOUTS = { udp: 30, icmp: 30, tcp: 300 };

const IngressInput = z.object({
  vpc_uuid: z.string(),
  subnet_uuid: z.string().nullish(),
  default_gateway: z.boolean().nullish(),
});
const Timeout = z.int().min(0).nullish();
const Timeouts = z.object({
  udp_timeout_seconds: Timeout,
  icmp_timeout_seconds: Timeout,
  tcp_timeout_seconds: Timeout,
});
const Size = z.int().min(1).max(MOST_SIZE);

export const natGateways = resource<NatGateway>({
  kind: "VPC NAT gateway",
  path: "/v2/vpc_nat_gateways",
  roots: ["vpc_nat_gateway", "vpc_nat_gateways"],
  urn: "vpcnatgateway",
  inProject: true,
  missing: (id) => `nat gateway with id ${id} not found`,
  listed: (gateway, call) =>
    wanted(call, "state", stateOf(gateway, call)) &&
    wanted(call, "region", gateway.region) &&
    wanted(call, "type", gateway.type) &&
    wanted(call, "name", gateway.name),

  create: create({
    input: Timeouts.extend({
      name: z.string().min(1),
      type: z.literal("PUBLIC"),
      region: regionSlug,
      size: Size,
      vpcs: z.array(IngressInput).min(1),
      egresses: z.object({ public_gateways: z.array(z.unknown()).nullish() }).nullish(),
      project_id: reference,
    }),
    status: 202,
    make(input, call) {
      if (input.egresses?.public_gateways?.length)
        throw unprocessable("egresses: the account has no address of its own to bring");
      const vpcs = input.vpcs.map((one) => ingress(one, input.region, call));
      return {
        name: input.name,
        type: input.type,
        region: input.region,
        size: input.size,
        vpcs,
        timeouts: timeoutsFrom(input, DEFAULT_TIMEOUTS),
        address: newPublicAddress(call),
        inside: vpcs.map(({ vpc_uuid: vpc }) => ({
          vpc,
          address: newPrivateAddress(call, vpcFor(call, input.region, vpc)),
        })),
        change: transition("NEW", call.after(CREATE_SECONDS)),
        updated: call.now,
      };
    },
    also: (gateway, _, call) => join(gateway, call),
  }),
  update: {
    PUT: update({
      input: Timeouts.extend({
        name: z.string().min(1),
        size: Size.nullish(),
        vpcs: z.array(IngressInput).nullish(),
      }),
      apply(gateway, input, call) {
        const vpcs = input.vpcs?.map((one) => ingress(one, gateway.region, call, gateway)) ?? gateway.vpcs;
        const after = {
          ...gateway,
          name: input.name,
          size: input.size ?? gateway.size,
          vpcs,
          timeouts: timeoutsFrom(input, gateway.timeouts),
          inside: vpcs.map(
            ({ vpc_uuid: vpc }) =>
              gateway.inside.find((one) => one.vpc === vpc) ?? {
                vpc,
                address: newPrivateAddress(call, vpcFor(call, gateway.region, vpc)),
              },
          ),
          updated: call.now,
        };
        join(after, call);
        return after;
      },
    }),
  },
  remove: { status: 202, seconds: DELETE_SECONDS, visible: true },
  view: (gateway, call) => ({
    id: gateway.id,
    name: gateway.name,
    type: gateway.type,
    state: stateOf(gateway, call),
    region: gateway.region,
    size: gateway.size,
    vpcs: gateway.vpcs.map((one) => ({
      ...one,
      gateway_ip: gateway.inside.find(({ vpc }) => vpc === one.vpc_uuid)?.address,
    })),
    egresses: stateOf(gateway, call) === "NEW" ? {} : { public_gateways: [{ ipv4: gateway.address }] },
    udp_timeout_seconds: gateway.timeouts.udp,
    icmp_timeout_seconds: gateway.timeouts.icmp,
    tcp_timeout_seconds: gateway.timeouts.tcp,
    created_at: timestamp(gateway.createdAt),
    updated_at: timestamp(gateway.updated),
    project_id: projectOf(call, gateway.urn ?? ""),
  }),
  row: (gateway, call) => ({
    state: stateOf(gateway, call),
    where: gateway.region,
    address: gateway.address ?? "",
    detail: `size ${gateway.size}, ${gateway.vpcs.length} VPCs`,
  }),
});

/** A VPC has one default way out. */
function ingress(
  { vpc_uuid, subnet_uuid, default_gateway }: z.output<typeof IngressInput>,
  region: string,
  call: Call<unknown>,
  own?: Saved<NatGateway>,
): Ingress {
  const vpc = vpcFor(call, region, vpc_uuid, "vpcs");
  const others = natGateways.all(call).filter(({ id }) => id !== own?.id);
  const hasDefault = others.some(({ vpcs }) =>
    vpcs.some((one) => one.vpc_uuid === vpc.id && one.default_gateway),
  );
  if (default_gateway && hasDefault) throw unprocessable(`VPC ${vpc.id} has a default gateway already`);
  return {
    vpc_uuid: vpc.id,
    ...(subnet_uuid && { subnet_uuid }),
    default_gateway: default_gateway ?? false,
  };
}

/** It is a member of each of its VPCs: none of them can go before it. */
function join(gateway: Saved<NatGateway>, call: Call<unknown>): void {
  const { urn = "" } = gateway;
  call.store.unlink("vpc", urn);
  for (const { vpc_uuid } of gateway.vpcs) call.store.link("vpc", urn, vpc_uuid, call.now);
}

/** 0 and nothing leave a timeout as it was. */
const timeoutsFrom = (input: z.output<typeof Timeouts>, before: NatGateway["timeouts"]) => ({
  udp: input.udp_timeout_seconds || before.udp,
  icmp: input.icmp_timeout_seconds || before.icmp,
  tcp: input.tcp_timeout_seconds || before.tcp,
});

const stateOf = (gateway: Saved<NatGateway>, call: Call<unknown>): string =>
  gateway.leaving ? "DELETING" : stateAt(call.now, gateway.change, "ACTIVE");

/** Whether a list's query lets a value through; a filter may be given several times. */
function wanted(call: Call<unknown>, filter: string, value: string): boolean {
  const values = call.query.getAll(filter);
  return values.length === 0 || values.some((one) => one.toLowerCase() === value.toLowerCase());
}

export const area: Area = { title: "VPC NAT gateways", resources: [natGateways] };
