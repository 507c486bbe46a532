import { tooWide } from "../../addresses.ts";
import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** A public site has no allow list. Where there is one, an entry that admits everybody makes it a list of nobody. */
export const loadBalancerAllowList: ResourceRule = {
  name: "load-balancer-allow-list",
  description: "The allow list of a load balancer, where it has one, does not admit the internet.",
  group: "private networking",
  severity: "medium",
  level: "mandatory",
  references: ["lb-firewall-allowlist-not-open"],
  url: docs.loadBalancers,
  fix: "take the entry out, or the whole list where everybody shall get in",
  limits: ["widestPublic"],
  types: [types.loadBalancer],
  check: (balancer, report, { limits }) =>
    balancer.get("firewall", "allows").each((entry) => {
      const prefix = tooWide((entry.text() ?? "").replace(/^(?:ip|cidr):/, ""), limits.widestPublic);
      if (prefix) report(entry, `a ${prefix} of the internet is allowed`);
    }),
};
