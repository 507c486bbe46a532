import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { machinesOf } from "../network/machines.ts";

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
    if (balancer.get("targetLoadBalancerIds").isGiven || ids.isGiven) return;
    if (machinesOf(balancer, types.loadBalancer, stack).length === 0)
      report(ids, "no droplet of the stack is behind it");
  },
};
