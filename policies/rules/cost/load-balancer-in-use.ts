import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { serves } from "../network/machines.ts";

export const loadBalancerInUse: StackRule = {
  name: "load-balancer-in-use",
  description: "A load balancer has droplets to send to.",
  group: "cost",
  severity: "low",
  level: "mandatory",
  references: ["networking-load-balancer-without-droplet", "network_load_balancer_unused"],
  url: docs.loadBalancers,
  fix: "set `dropletTag` to a tag of the droplets, or `dropletIds`, or take the balancer out",
  types: [types.loadBalancer],
  checkInStack: (balancer, report, _settings, stack) => {
    const ids = balancer.get("dropletIds");
    if (balancer.get("targetLoadBalancerIds").isGiven || balancer.get("dropletIds").isGiven) return;
    const machines = stack.of(types.droplet, types.dropletAutoscale);
    if (!machines.some((machine) => serves(balancer, machine, stack)))
      report(ids, "no droplet of the stack is behind it");
  },
};
