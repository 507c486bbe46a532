import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerPrivateNetwork } from "./load-balancer-private-network.ts";

cases(loadBalancerPrivateNetwork, {
  good: {
    "one in a VPC": [resource(types.loadBalancer, { vpcUuid: unknown })],
    "a global one": [resource(types.loadBalancer, { type: "GLOBAL" })],
  },
  bad: {
    "one of which nothing is told": [
      [resource(types.loadBalancer)],
      "vpcUuid",
      /no VPC is named, so it lands i/,
    ],
    "one that names none": [[resource(types.loadBalancer, { region: "fra1" })], "vpcUuid", /default one/],
  },
  unknown: { "the kind": [[resource(types.loadBalancer, { type: unknown })], "type"] },
});
