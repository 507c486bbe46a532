import { ports, tooWide } from "../../addresses.ts";
import { docs } from "../../docs.ts";
import type { Input } from "../../input.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** What stands behind ports that attackers try first. */
const known: Record<number, string> = {
  22: "SSH",
  3306: "MySQL",
  3389: "RDP",
  5432: "PostgreSQL",
  6379: "Redis",
  9092: "Kafka",
  9200: "OpenSearch",
  25060: "managed databases",
  27017: "MongoDB",
};

/**
 * The load balancer is the way in. Rules that name it, droplets, tags or one's own addresses are narrow; one that names the
 * internet lets everybody pass the balancer by, on 443 as on 22.
 */
export const firewallIngressNarrow: ResourceRule = {
  name: "firewall-ingress-narrow",
  description: "No firewall of droplets lets the internet in.",
  group: "private networking",
  severity: "critical",
  level: "mandatory",
  references: [
    "CKV_DIO_4",
    "DIG-0001",
    "firewall-no-unrestricted-ssh",
    "firewall-no-unrestricted-rdp",
    "firewall-no-unrestricted-db-ports",
    "firewall-no-all-ports-open",
    "networking-firewalls-public-ports",
    "networking-firewalls-quad-zero",
    "droplet-not-internet-reachable",
    "droplet-droplets-all-ports-exposed",
    "droplet-droplets-port-22-exposed",
  ],
  url: docs.firewalls,
  fix: "name the load balancer (`sourceLoadBalancerUids`), tags, droplets or your own addresses as sources",
  limits: ["widestPublic"],
  types: [types.firewall],
  check: (firewall, report, { limits }) =>
    firewall.get("inboundRules").each((rule) => {
      if (rule.get("action").text() === "deny") return;
      let isTold = false; // of the internet's two halves, IPv4 and IPv6, one says it all
      rule.get("sourceAddresses").each((address) => {
        const prefix = tooWide(address.text() ?? "", limits.widestPublic);
        if (prefix && !isTold) report(address, `a ${prefix} of the internet is let in ${portsOf(rule)}`);
        isTold ||= prefix !== undefined;
      });
    }),
};

function portsOf(rule: Input): string {
  const [range, protocol] = [rule.get("portRange"), rule.get("protocol")];
  if (range.isUnknown || protocol.isUnknown) return "on some ports";
  if (protocol.text() === "icmp") return "with ICMP";
  const { first, last } = ports(range.text());
  const udp = protocol.text() === "udp" ? "UDP " : "";
  if (first === 1 && last === 65_535) return `on all ${udp}ports`;
  const names = Object.entries(known).flatMap(([port, name]) =>
    +port >= first && +port <= last ? [name] : [],
  );
  const meaning = names.length > 0 ? ` (${names.join(", ")})` : "";
  return `on ${udp}${first === last ? `port ${first}` : `ports ${first} to ${last}`}${meaning}`;
}
