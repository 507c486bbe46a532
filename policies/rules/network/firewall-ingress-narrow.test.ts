import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { firewallIngressNarrow } from "./firewall-ingress-narrow.ts";

const firewall = (...inboundRules: unknown[]) => [resource(types.firewall, { inboundRules })];
const tcp = (portRange: unknown, ...sourceAddresses: unknown[]) => ({
  protocol: "tcp",
  portRange,
  sourceAddresses,
});
const first = "inboundRules[0].sourceAddresses[0]";

cases(firewallIngressNarrow, {
  good: {
    "one of which nothing is told": [resource(types.firewall)],
    "the load balancer": firewall({ protocol: "tcp", portRange: "8080", sourceLoadBalancerUids: [unknown] }),
    "private ranges and an office": firewall(
      tcp("22", "10.0.0.0/8", "203.0.113.0/28", "fd00::/8", "2001:db8::1"),
    ),
    "a rule that denies": firewall({ ...tcp("22", "0.0.0.0/0"), action: "deny" }),
    "no inbound rules": [resource(types.firewall, { outboundRules: [] })],
    "what is no address": firewall(tcp("22", "office", 7, null)),
  },
  bad: {
    "SSH for all": [
      firewall(tcp("22", "0.0.0.0/0")),
      first,
      /a \/0 .* on port 22 \(SSH\).*sourceLoadBalancerUids/,
    ],
    "https for all": [firewall(tcp("443", "::/0")), first, /a \/0 of the internet is let in on port 443/],
    "half the internet": [firewall(tcp("22", "128.0.0.0/1")), first, /a \/1/],
    "a wide IPv6 range": [firewall(tcp("22", "2001:db8::/32")), first, /a \/32/],
    "a range of ports": [firewall(tcp("20-25", "0.0.0.0/0")), first, /ports 20 to 25 \(SSH\)/],
    "all ports": [firewall(tcp("all", "0.0.0.0/0")), first, /all ports/],
    "all ports as 0": [firewall(tcp("0", "0.0.0.0/0")), first, /all ports/],
    "pings from everywhere": [
      firewall({ protocol: "icmp", sourceAddresses: ["0.0.0.0/0"] }),
      first,
      /let in with ICMP/,
    ],
    "the second address of the second rule": [
      firewall(tcp("22", "10.0.0.1"), tcp(unknown, "10.0.0.1", "0.0.0.0/0")),
      "inboundRules[1].sourceAddresses[1]",
      /some ports/,
    ],
  },
  unknown: {
    "an address": [firewall(tcp("22", unknown, "10.0.0.1")), first],
    "whether a rule denies": [
      firewall({ ...tcp("22", "10.0.0.1"), action: unknown }),
      "inboundRules[0].action",
    ],
    "all rules": [[resource(types.firewall, { inboundRules: unknown })], "inboundRules"],
  },
});
