import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseFirewallNarrow } from "./database-firewall-narrow.ts";

const firewall = (...rules: unknown[]) => [resource(types.databaseFirewall, { clusterId: unknown, rules })];
const address = (value: unknown) => ({ type: "ip_addr", value });

cases(databaseFirewallNarrow, {
  good: {
    "a VPC's range, single addresses and an office": firewall(
      ...["10.10.0.0/16", "192.168.1.0/24", "192.0.2.7", "203.0.113.0/28"].map(address),
    ),
    "other kinds of sources": firewall({ type: "tag", value: "api" }, { type: "app", value: "0.0.0.0/0" }),
  },
  bad: {
    "no rules": [firewall(), "rules", /opens the database to the internet.*VPC's range/],
    "rules that are missing": [[resource(types.databaseFirewall)], "rules", /no rules/],
    "the whole internet": [firewall(address("0.0.0.0/0")), "rules[0].value", /a \/0 is trusted/],
    "half the internet": [firewall(address("10.0.0.0/24"), address("128.0.0.0/1")), "rules[1].value", /\/1/],
    "a wide public range": [
      firewall(address("203.0.112.0/23")),
      "rules[0].value",
      /nothing wider than a \/24/,
    ],
    "what no VPC can be": [firewall(address("10.0.0.0/8")), "rules[0].value", /nothing wider than a \/16/],
    "IPv6, which trusted sources don't take": [firewall(address("::/0")), "rules[0].value", /no IPv4/],
    "a name": [firewall(address("example.com")), "rules[0].value", /no IPv4/],
    "a rule of another shape": [firewall({ type: "ip_addr" }), "rules[0].value", /no IPv4/],
  },
  unknown: {
    "an address, but not those beside it": [
      firewall(address(unknown), address("10.0.0.1")),
      "rules[0].value",
    ],
    "the kind of a source": [firewall({ type: unknown, value: "0.0.0.0/0" }), "rules[0].type"],
    "all rules": [[resource(types.databaseFirewall, { rules: unknown })], "rules"],
  },
});
