import { machineOf, type Resource, type Stack, types } from "../../resources.ts";

/** How firewalls and balancers find the droplets that they are for: by tag, or by id. */

/** Whether a firewall is for a droplet, or for the droplets of a pool. */
export function protects(firewall: Resource, machine: Resource, stack: Stack): boolean {
  return hasTag(machine, firewall.get("tags").texts()) || hasId(firewall, "dropletIds", machine, stack);
}

/** Whether a balancer sends to a droplet, or to the droplets of a pool. */
export function serves(balancer: Resource, machine: Resource, stack: Stack): boolean {
  const tag = balancer.get("dropletTag").text();
  return hasTag(machine, tag ? [tag] : []) || hasId(balancer, "dropletIds", machine, stack);
}

function hasTag(machine: Resource, wanted: string[]): boolean {
  return (
    wanted.length > 0 &&
    machineOf(machine)
      .get("tags")
      .texts()
      .some((tag) => wanted.includes(tag))
  );
}

function hasId(by: Resource, input: string, machine: Resource, stack: Stack): boolean {
  if (machine.type !== types.droplet) return false; // the droplets of a pool have no ids that a program could know
  return stack.referring(machine, input, [by.type], ["id"]).some(({ urn }) => urn === by.urn);
}
