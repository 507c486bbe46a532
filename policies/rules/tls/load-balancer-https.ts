import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** A balancer with an http entry and no redirect serves passwords and sessions to everyone on the way. */
export const loadBalancerHttps: ResourceRule = {
  name: "load-balancer-https",
  description: "A load balancer redirects what comes over http to https.",
  group: "TLS",
  severity: "critical",
  level: "mandatory",
  references: ["DIG-0002", "lb-http-redirected-to-https", "networking-load-balancer-ssl-redirect-disabled"],
  url: docs.loadBalancers,
  fix: "set `redirectHttpToHttps: true` beside an https entry, or take the http entry out",
  types: [types.loadBalancer],
  check: (balancer, report) => {
    const redirect = balancer.get("redirectHttpToHttps");
    balancer.get("forwardingRules").each((entry) => {
      if (entry.get("entryProtocol").text() !== "http" || redirect.flag() === true) return;
      report(entry.get("entryProtocol"), "http is served as it is");
    });
  },
  mend: (inputs) => {
    const entries: unknown = inputs.forwardingRules;
    const has = (protocol: string) =>
      Array.isArray(entries) && entries.some((entry) => entry?.entryProtocol === protocol);
    if (has("http") && (has("https") || has("http2"))) inputs.redirectHttpToHttps = true;
  },
};
