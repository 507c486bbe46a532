import type { Call } from "../../call.ts";
import { unprocessable } from "../../errors.ts";
import type { LoadBalancer } from "./load-balancer.ts";

const DROPLET = "do:droplet:";

/**
 * The ids of the droplets behind it now: those that carry its tag and are in its VPC, whoever comes or goes, or those it
 * names, as far as they still exist.
 */
export function backendsOf(call: Call<unknown>, { tag, droplet_ids, vpc_uuid }: LoadBalancer): number[] {
  if (tag === "") return droplet_ids.filter((id) => call.store.get("droplet", "", String(id)));
  return call.store
    .holders("tag", tag, call.now)
    .map(({ holder }) => holder)
    .filter((urn) => urn.startsWith(DROPLET) && isIn(call, urn, vpc_uuid))
    .map((urn) => Number(urn.slice(DROPLET.length)));
}

export function refuseDroplets(call: Call<unknown>, ids: readonly number[], vpc: string | undefined): void {
  for (const id of ids) {
    const droplet = call.store.get("droplet", "", String(id));
    if (!droplet) throw unprocessable(`droplet_ids: there is no droplet ${id}`);
    if (!isIn(call, `${DROPLET}${id}`, vpc))
      throw unprocessable(`droplet_ids: droplet ${id} is in another VPC`);
  }
}

/** A global load balancer has no VPC: its droplets may be in any. */
const isIn = (call: Call<unknown>, urn: string, vpc: string | undefined): boolean =>
  vpc === undefined || call.store.targets("vpc", urn).some(({ target }) => target === vpc);
