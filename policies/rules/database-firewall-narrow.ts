import type { ResourceValidationPolicy } from "@pulumi/policy";
import { types } from "../resources.ts";

/** A VPC has at most a /16 (DigitalOcean API, `ip_range`): a shorter prefix reaches beyond any network of one's own. */
const SHORTEST_PREFIX = 16;

/**
 * Trusted sources are the only inbound control of a managed database: each has a public host name, and Cloud Firewalls do not
 * apply to it.
 */
export const databaseFirewallNarrow: ResourceValidationPolicy = {
  name: "database-firewall-narrow",
  description: "A database's trusted sources are one's own networks and resources, never the internet.",
  enforcementLevel: "mandatory",
  severity: "critical",
  tags: ["private networking"],
  url: "https://docs.digitalocean.com/products/databases/postgresql/how-to/secure/",
  remediationSteps:
    "Name the VPC's range, a droplet, an app, a tag or a single address in each of the firewall's `rules`.",
  validateResource: ({ type, props }, report) => {
    if (type !== types.databaseFirewall) return;
    const rules: unknown = props.rules;
    if (!Array.isArray(rules) || rules.length === 0) {
      report(
        "The firewall has no rules, which opens the database to the internet. Name at least one trusted source.",
      );
      return;
    }
    for (const [index, rule] of rules.entries()) {
      if (rule.type !== "ip_addr") continue;
      const prefix = prefixLength(String(rule.value));
      if (prefix === undefined)
        report(`rules[${index}].value is not an IPv4 address or range. Write it as a.b.c.d or a.b.c.d/n.`);
      else if (prefix < SHORTEST_PREFIX)
        report(
          `rules[${index}].value admits a /${prefix}, which is wider than any VPC. Name the VPC's range or single addresses.`,
        );
    }
  },
};

/** The prefix length of an IPv4 address (32) or range; undefined for anything else (trusted sources are IPv4 only). */
function prefixLength(value: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(value);
  if (!match || match.slice(1, 5).some((octet) => Number(octet) > 255)) return undefined;
  const prefix = Number(match[5] ?? 32);
  return prefix <= 32 ? prefix : undefined;
}
