import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { firewallEgressNarrow } from "./firewall-egress-narrow.ts";

const out = (protocol: string, portRange: unknown, ...destinationAddresses: unknown[]) => [
  resource(types.firewall, { outboundRules: [{ protocol, portRange, destinationAddresses }] }),
];
const first = "outboundRules[0].destinationAddresses[0]";

cases(firewallEgressNarrow, {
  good: {
    "https to everywhere": out("tcp", "443", "0.0.0.0/0", "::/0"),
    "names and time": out("udp", "53", "0.0.0.0/0"),
    "everything within the VPC": out("tcp", "1-65535", "10.0.0.0/16"),
    pings: out("icmp", undefined, "0.0.0.0/0"),
    "a rule that denies": [
      resource(types.firewall, {
        outboundRules: [
          { protocol: "tcp", portRange: "25", destinationAddresses: ["0.0.0.0/0"], action: "deny" },
        ],
      }),
    ],
    "no outbound rules": [resource(types.firewall)],
  },
  bad: {
    "everything to everywhere": [
      out("tcp", "1-65535", "0.0.0.0/0"),
      first,
      /tcp ports 1 to 65535.*egressPorts/,
    ],
    "mail to everywhere": [out("tcp", "25", "::/0"), first, /tcp port 25/],
    "a listed port over another protocol": [out("udp", "443", "0.0.0.0/0"), first, /udp port 443/],
  },
  unknown: {
    "a destination": [out("tcp", "25", unknown), first],
    "the ports": [out("tcp", unknown, "0.0.0.0/0"), "outboundRules[0].portRange"],
  },
});
cases(firewallEgressNarrow, {
  settings: { limits: { egressPorts: ["25/tcp"] } },
  good: { "a port that the settings list": out("tcp", "25", "0.0.0.0/0") },
  bad: { "one that they don't": [out("tcp", "443", "0.0.0.0/0"), first, /tcp port 443/] },
});
