import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerKeepalive } from "./load-balancer-keepalive.ts";

const balancer = (inputs: object) => [resource(types.loadBalancer, { ...inputs })];

cases(loadBalancerKeepalive, {
  good: {
    "open ones": balancer({ enableBackendKeepalive: true }),
    "a balancer that does not look inside": balancer({ type: "REGIONAL_NETWORK" }),
  },
  bad: {
    "the default": [balancer({}), "enableBackendKeepalive", /every request.*enableBackendKeepalive: true/],
  },
  unknown: { "the switch": [balancer({ enableBackendKeepalive: unknown }), "enableBackendKeepalive"] },
  mends: { "the default": [resource(types.loadBalancer), { enableBackendKeepalive: true }] },
});
