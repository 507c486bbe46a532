import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { namesVpc } from "./vpc.ts";

export const loadBalancerPrivateNetwork: ResourceRule = {
  name: "load-balancer-private-network",
  description: "A regional load balancer names the VPC in which it reaches its droplets.",
  group: "private networking",
  severity: "high",
  level: "mandatory",
  references: ["lb-in-vpc"],
  url: docs.vpc,
  fix: "set `vpcUuid` to the id of the droplets' VPC",
  limits: ["vpcs"],
  types: [types.loadBalancer],
  check: (balancer, report, { limits }) => {
    if (balancer.get("type").text() === "GLOBAL") return; // it stands outside any region, and so outside any VPC
    namesVpc(balancer.get("vpcUuid"), report, limits);
  },
};
