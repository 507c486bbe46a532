import * as z from "zod";
import { type Call, created, ok, type StoredTime, stateAt, storedTime } from "../call.ts";
import { notFound, unprocessable } from "../errors.ts";
import { reference } from "../input.ts";
import { page } from "../paging.ts";
import { projectOf } from "../relations.ts";
import { create, resource } from "../resource.ts";
import type { Saved } from "../store.ts";
import { ACCOUNT_LIMITS } from "./account.ts";
import { actionsOf, actionView, record } from "./actions.ts";
import { newPublicAddress } from "./addresses.ts";
import type { Area } from "./area.ts";
import { regionSlug } from "./datacenters.ts";
import type { SavedDroplet } from "./droplets/droplet.ts";
import { droplets, dropletView } from "./droplets/droplets.ts";
import { regionView } from "./regions.ts";

/** An address that stays while droplets come and go. Its name is the address. */
export interface ReservedIp {
  address: string;
  region: string;
  droplet?: string;
  /** An action is under way until then. */
  until: StoredTime;
}

/** Estimates: the platform publishes none. */
const RESERVE_SECONDS = 1;
const ASSIGN_SECONDS = 3;

const Action = z.discriminatedUnion("type", [
  z.object({ type: z.literal("assign"), droplet_id: z.int() }),
  z.object({ type: z.literal("unassign") }),
]);

/** The platform has two names for them, the old one for old programs. */
const described = (path: string, roots: readonly [string, string]) =>
  resource<ReservedIp>({
    kind: "reserved IP",
    path,
    roots,
    key: "name",
    urn: "reservedip",
    newId: ({ name }) => name,
    inProject: true,
    create: create({
      input: z.object({
        region: regionSlug.nullish(),
        droplet_id: z.int().nullish(),
        project_id: reference,
      }),
      status: 202,
      make(input, call) {
        const droplet = input.droplet_id ? dropletFor(input.droplet_id, call) : undefined;
        const region = droplet?.region ?? input.region;
        if (!region) throw unprocessable("region or droplet_id is required");
        if (reservedIps.all(call).length >= ACCOUNT_LIMITS.reservedIps)
          throw unprocessable("you have reached the limit of reserved IPs of your account");
        const address = newPublicAddress(call);
        return {
          name: address,
          address,
          region,
          ...(droplet && { droplet: droplet.id }),
          until: storedTime(call.after(droplet ? ASSIGN_SECONDS : RESERVE_SECONDS)),
        };
      },
    }),
    remove: {
      refuse: (ip, call) => refuseLocked(ip, call),
    },
    view,
    row: (ip, call) => ({
      where: ip.region,
      address: ip.address,
      detail: holder(ip, call)?.name ?? "not assigned",
    }),
  });

export const reservedIps = described("/v2/reserved_ips", ["reserved_ip", "reserved_ips"]);
const { row: _, ...floating } = described("/v2/floating_ips", ["floating_ip", "floating_ips"]).about;
const floatingIps = resource<ReservedIp>(floating);

for (const ips of [reservedIps, floatingIps]) {
  ips.on("POST", "/actions", Action, (ip, input, call) => {
    refuseLocked(ip, call);
    const { droplet: before, ...rest } = ip;
    if (input.type === "unassign" && !holder(ip, call))
      throw unprocessable("The reserved IP is not assigned.");
    const droplet = input.type === "assign" ? dropletFor(input.droplet_id, call, ip.region).id : undefined;
    const until = call.after(ASSIGN_SECONDS);
    ips.save(call, { ...rest, ...(droplet && { droplet }), until: storedTime(until) });
    const type = input.type === "assign" ? "assign_ip" : "unassign_ip";
    return created({ action: actionView(record(call, type, subject(ip), until), call) });
  });
  ips.read("/actions", (ip, call) =>
    page(call, "actions", actionsOf(call, "reserved_ip", numberOf(ip)), (action) => actionView(action, call)),
  );
  ips.on("GET", "/actions/:action", z.unknown(), (ip, _, call) => {
    const action = actionsOf(call, "reserved_ip", numberOf(ip)).find(({ id }) => id === call.params.action);
    if (!action) throw notFound();
    return ok({ action: actionView(action, call) });
  });
}

function view(ip: Saved<ReservedIp>, call: Call<unknown>): object {
  const droplet = holder(ip, call);
  return {
    ip: ip.address,
    region: regionView(ip.region),
    droplet: droplet ? dropletView(droplet, call) : null,
    locked: isLocked(ip, call),
    project_id: projectOf(call, ip.urn ?? ""),
  };
}

/** The droplet behind it, unless that has gone. */
const holder = (ip: ReservedIp, call: Call<unknown>): SavedDroplet | undefined =>
  ip.droplet === undefined ? undefined : droplets.find(call, ip.droplet);

function dropletFor(id: number, call: Call<unknown>, region?: string): SavedDroplet {
  const droplet = droplets.find(call, String(id));
  if (!droplet) throw unprocessable(`droplet ${id} does not exist`);
  if (region !== undefined && droplet.region !== region)
    throw unprocessable(`droplet ${id} is in ${droplet.region}, the reserved IP in ${region}`);
  if (droplet.address === undefined) throw unprocessable(`droplet ${id} has no public networking`);
  const other = reservedIps.all(call).find((ip) => ip.droplet === droplet.id);
  if (other) throw unprocessable(`droplet ${id} has a reserved IP already: ${other.address}`);
  return droplet;
}

const isLocked = (ip: ReservedIp, call: Call<unknown>): boolean =>
  stateAt(call.now, { state: "locked", until: ip.until }, "") === "locked";

function refuseLocked(ip: ReservedIp, call: Call<unknown>): void {
  if (isLocked(ip, call)) throw unprocessable("The reserved IP already has a pending event.");
}

/** Actions name the address as a number. */
const numberOf = ({ address }: ReservedIp): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const subject = (ip: ReservedIp) =>
  ({ resource_type: "reserved_ip", resource_id: numberOf(ip), region: ip.region }) as const;

export const area: Area = { title: "Reserved IPs", resources: [reservedIps, floatingIps] };
