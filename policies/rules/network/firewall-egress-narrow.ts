import { ports, tooWide } from "../../addresses.ts";
import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/**
 * Droplets need packages, names, time and APIs from the internet, which is a handful of ports. Everything beyond is a way out for
 * whoever gets in.
 */
export const firewallEgressNarrow: ResourceRule = {
  name: "firewall-egress-narrow",
  description: "A firewall lets traffic out to the internet on a few ports only.",
  group: "private networking",
  severity: "high",
  level: "mandatory",
  references: ["DIG-0003"],
  url: docs.firewalls,
  fix: "name the destination, or only the ports that the settings list (`limits.egressPorts`)",
  limits: ["egressPorts", "widestPublic"],
  types: [types.firewall],
  check: (firewall, report, { limits }) =>
    firewall.get("outboundRules").each((rule) => {
      if (rule.get("action").text() === "deny") return;
      const protocol = rule.get("protocol").text() ?? "";
      if (protocol === "icmp") return;
      let isTold = false; // of the internet's two halves, IPv4 and IPv6, one says it all
      rule.get("destinationAddresses").each((address) => {
        if (isTold || !tooWide(address.text() ?? "", limits.widestPublic)) return;
        const { first, last } = ports(rule.get("portRange").text());
        const allowed = limits.egressPorts.some((port) => {
          const [number, of] = port.split("/");
          return of === protocol && Number(number) === first && first === last;
        });
        const which = first === last ? `${protocol} port ${first}` : `${protocol} ports ${first} to ${last}`;
        isTold = !allowed;
        if (!allowed) report(address, `the internet may be reached on ${which}`);
      });
    }),
};
