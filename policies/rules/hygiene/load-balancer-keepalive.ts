import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const loadBalancerKeepalive: ResourceRule = {
  name: "load-balancer-keepalive",
  description: "A load balancer keeps its connections to the backends open.",
  group: "hygiene",
  severity: "low",
  level: "advisory",
  references: ["networking-load-balancer-backend-keepalive-disabled"],
  url: docs.loadBalancers,
  fix: "set `enableBackendKeepalive: true`",
  types: [types.loadBalancer],
  check: (balancer, report) => {
    const kind = balancer.get("type").text();
    if (kind === "GLOBAL" || kind === "REGIONAL_NETWORK") return;
    const keepalive = balancer.get("enableBackendKeepalive");
    if (keepalive.flag() !== true) report(keepalive, "every request opens a connection to its backend");
  },
  mend: (inputs) => {
    inputs.enableBackendKeepalive = true;
  },
};
