import type { Call } from "../call.ts";
import { unprocessable } from "../errors.ts";
import type { Saved } from "../store.ts";
import { addressIn, privateRange } from "./networks.ts";
import type { Vpc } from "./vpcs.ts";

/** What an object with addresses of its own keeps of them. */
export interface Addressed {
  /** For the internet. */
  address?: string;
  /** For the members of its VPCs. */
  inside: readonly { vpc: string; address: string }[];
}

const KINDS = ["droplet", "reserved IP", "VPC NAT gateway"];
/** The first host of a range is its router, the last address its broadcast. */
const FIRST_HOST = 2;
const KEPT_AT_END = 1;

/** A public address that nobody has. */
export const newPublicAddress = (call: Call<unknown>): string =>
  call.dataPlane.placeAddress(holders(call).flatMap(({ address }) => address ?? []));

/** The lowest address of the VPC that none of its members has. */
export function newPrivateAddress(call: Call<unknown>, vpc: Saved<Vpc>): string {
  const range = privateRange(vpc.ip_range);
  const taken = new Set(
    holders(call).flatMap(({ inside }) =>
      (inside ?? []).filter((one) => one.vpc === vpc.id).map((one) => one.address),
    ),
  );
  for (let place = FIRST_HOST; range && place < range.size - KEPT_AT_END; place++) {
    const address = addressIn(range, place);
    if (!taken.has(address)) return address;
  }
  throw unprocessable(`VPC ${vpc.id} has no free address`);
}

const holders = (call: Call<unknown>): Partial<Addressed>[] =>
  KINDS.flatMap((kind) => call.store.list<Partial<Addressed>>(kind, ""));
