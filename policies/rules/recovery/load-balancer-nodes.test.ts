import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerNodes } from "./load-balancer-nodes.ts";

const balancer = (inputs: object) => [resource(types.loadBalancer, { ...inputs })];

cases(loadBalancerNodes, {
  stack: "production",
  good: {
    "two nodes": balancer({ sizeUnit: 2 }),
    "an old size with several": balancer({ size: "lb-medium" }),
    "a global one": balancer({ type: "GLOBAL" }),
  },
  bad: {
    "one node": [balancer({ sizeUnit: 1 }), "sizeUnit", /one node.*2 or more/],
    "the default": [balancer({}), "sizeUnit", /one node/],
  },
  unknown: { "the nodes": [balancer({ sizeUnit: unknown }), "sizeUnit"] },
});
