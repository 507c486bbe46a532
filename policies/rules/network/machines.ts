import { Undecided } from "../../input.ts";
import { machineOf, type Resource, type Stack, types } from "../../resources.ts";
import { tagsOf } from "../../tags.ts";

/** How firewalls and balancers find the droplets that they are for: by tag, or by id. */

/** What names droplets, and its input for their tags. */
const tagInput = { [types.firewall]: "tags", [types.loadBalancer]: "dropletTag" } as const;
type Guard = keyof typeof tagInput;

/**
 * The firewalls, or the balancers, that are for a droplet or for the droplets of a pool.
 *
 * @throws Undecided when none is known to be, and only the deployment will tell a tag.
 */
export function guardsOf(machine: Resource, type: Guard, stack: Stack): Resource[] {
  const input = tagInput[type];
  const isPool = machine.type === types.dropletAutoscale;
  const tags = tagsOf(machine, stack);
  const found = stack.having([type], input, [...tags.names, ...tags.made]);
  // The droplets of a pool have no ids that a program could know.
  if (!isPool) found.push(...stack.referring(machine, "dropletIds", [type], ["id"]));
  if (found.length > 0) return found;
  const open = stack.unknown(type, input);
  if (open && machineOf(machine).get("tags").isGiven) throw new Undecided(open.path);
  if (tags.open && stack.of(type).some((guard) => guard.get(input).isGiven))
    throw new Undecided(tags.open.path);
  return [];
}

/** What each guard is for, by the stack and the guard's type: rules ask for one after another. */
const guarded = {
  [types.firewall]: new WeakMap<Stack, Guarded>(),
  [types.loadBalancer]: new WeakMap<Stack, Guarded>(),
};
type Guarded = Map<Resource, Resource[]>;

/**
 * The droplets and pools that a firewall or a balancer is for.
 *
 * @throws Undecided when only the deployment will tell that of a droplet of the stack.
 */
export function machinesOf(guard: Resource, type: Guard, stack: Stack): Resource[] {
  let machines = guarded[type].get(stack);
  if (!machines) {
    machines = new Map();
    for (const machine of stack.of(types.droplet, types.dropletAutoscale))
      for (const each of guardsOf(machine, type, stack))
        machines.set(each, [...(machines.get(each) ?? []), machine]);
    guarded[type].set(stack, machines);
  }
  return machines.get(guard) ?? [];
}
