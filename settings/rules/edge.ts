import { isInside } from "../../components/domain-rules.ts";
import { firewallEntryProblem } from "../../components/load-balancer-rules.ts";
import type { Check, Draft } from "./rule.ts";

/** What stands between the product and the public: domain and load balancer. */
export function edgeRules({ domain, loadBalancer }: Draft, check: Check): void {
  for (const key of ["allow", "deny"] as const)
    for (const [index, entry] of (loadBalancer?.[key] ?? []).entries())
      if (entry !== undefined) check(`loadBalancer.${key}[${index}]`, entry, firewallEntryProblem(entry));
  if (domain?.host !== undefined && domain.name !== undefined && !isInside(domain.host, domain.name))
    check("domain.host", domain.host, `must be ${domain.name} or inside it`);
  if (domain?.import === true && domain.ownership === "existing")
    check("domain.import", true, "can't go together with ownership existing, which leaves the zone alone");
  const { mode, mx = [], spf, dmarc } = domain?.mail ?? {};
  for (const [key, value] of Object.entries({ spf, dmarc })) {
    if (mode === "records" && value === undefined)
      check(`domain.mail.${key}`, undefined, "is required with mode records");
    if (mode !== "records" && value !== undefined) check(`domain.mail.${key}`, value, "needs mode records");
  }
  if (mode !== "records" && mx.length > 0) check("domain.mail.mx", mx, "needs mode records");
}
