import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** What the old sizes had of nodes (terraform-provider-digitalocean, `size`): only a small one is single. */
const bySlug: Record<string, number> = { "lb-small": 1, "lb-medium": 3, "lb-large": 6 };

export const loadBalancerNodes: ResourceRule = {
  name: "load-balancer-nodes",
  description: "In production a load balancer has two nodes or more.",
  group: "backups and recovery",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.loadBalancers,
  fix: "set `sizeUnit` to 2 or more",
  types: [types.loadBalancer],
  check: (balancer, report) => {
    if (balancer.get("type").text() === "GLOBAL") return;
    const units = balancer.get("sizeUnit");
    const nodes = units.number() ?? bySlug[balancer.get("size").text() ?? ""] ?? 1;
    if (nodes < 2) report(units, "one node, and nothing takes over from it");
  },
};
