import { docs } from "../../docs.ts";
import { known, type Resource, type Stack, types } from "../../resources.ts";
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
    if (balancer.get("dropletTag").isGiven && (hasNodes(balancer, stack) || isForOthers(stack))) return;
    if (machinesOf(balancer, types.loadBalancer, stack).length === 0)
      report(ids, "no droplet of the stack is behind it");
  },
};

/** Whether its tag is that of the nodes of a Kubernetes cluster: one that a pool asks for, or one that the platform gives to all. */
function hasNodes(balancer: Resource, stack: Stack): boolean {
  const tags = known(balancer.get("dropletTag"));
  const wanted = [...tags, ...stack.sources(balancer, "dropletTag", types.tag)];
  const pools = [
    ...stack.having([types.kubernetesCluster], "nodePool", wanted),
    ...stack.having([types.kubernetesNodePool], "tags", wanted),
  ];
  const isOfAll = tags.some((tag) => /^k8s(?::|$)/.test(tag));
  return pools.length > 0 || (isOfAll && stack.of(types.kubernetesCluster).length > 0);
}

/** Whether the stack has nothing that could be behind it: the tag is of droplets that another stack makes. */
const isForOthers = (stack: Stack) =>
  stack.of(types.droplet, types.dropletAutoscale, types.kubernetesCluster, types.kubernetesNodePool)
    .length === 0;
