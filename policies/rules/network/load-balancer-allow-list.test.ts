import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerAllowList } from "./load-balancer-allow-list.ts";

const balancer = (...allows: unknown[]) => [resource(types.loadBalancer, { firewall: { allows } })];

cases(loadBalancerAllowList, {
  good: {
    "own addresses": balancer("ip:203.0.113.7", "cidr:203.0.113.0/28"),
    "an empty list": balancer(),
    "no list": [resource(types.loadBalancer)],
  },
  bad: {
    everybody: [
      balancer("ip:203.0.113.7", "cidr:0.0.0.0/0"),
      "firewall.allows[1]",
      /a \/0 .*take the entry out/,
    ],
    "half of everybody": [balancer("cidr:0.0.0.0/1"), "firewall.allows[0]", /a \/1/],
  },
  unknown: { "an entry": [balancer(unknown), "firewall.allows[0]"] },
});
