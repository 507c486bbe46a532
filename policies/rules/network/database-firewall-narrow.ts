import { range } from "../../addresses.ts";
import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** A VPC has at most a /16 (DigitalOcean API, `ip_range`): a shorter prefix reaches beyond any network of one's own. */
const WIDEST_VPC = 16;

/**
 * Trusted sources are the only inbound control of a managed database: each has a public host name, and Cloud Firewalls do not
 * apply to it.
 */
export const databaseFirewallNarrow: ResourceRule = {
  name: "database-firewall-narrow",
  description: "A database's trusted sources are one's own networks and resources, never the internet.",
  group: "private networking",
  severity: "critical",
  level: "mandatory",
  references: ["db-firewall-configured", "db-not-internet-reachable"],
  url: docs.postgres,
  fix: "name the VPC's range, a droplet, an app, a tag or single addresses as trusted sources",
  limits: ["widestPublic"],
  types: [types.databaseFirewall],
  check: (firewall, report, { limits }) => {
    const rules = firewall.get("rules");
    if (!rules.isGiven) report(rules, "the firewall has no rules, which opens the database to the internet");
    rules.each((rule) => {
      if (rule.get("type").text() !== "ip_addr") return;
      const value = rule.get("value");
      const source = range(value.text() ?? "");
      if (source?.version !== 4) {
        report(value, "this is no IPv4 address or range", "write it as a.b.c.d or a.b.c.d/n");
        return;
      }
      const widest = source.isPrivate ? WIDEST_VPC : limits.widestPublic;
      if (source.prefix < widest)
        report(
          value,
          `a /${source.prefix} is trusted, and nothing wider than a /${widest} can be one's own here`,
        );
    });
  },
};
