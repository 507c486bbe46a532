import { range } from "../../addresses.ts";
import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { guardsOf, machinesOf } from "./machines.ts";

/** What reaches a backend beside its balancer meets neither its TLS nor its limits. Sign-in over SSH is another matter. */
export const firewallBackendPrivate: StackRule = {
  name: "firewall-backend-private",
  description: "Droplets behind a load balancer are reached from the internet through it alone.",
  group: "private networking",
  severity: "high",
  level: "mandatory",
  references: ["droplet-not-internet-reachable"],
  url: docs.firewalls,
  fix: "take the address out and name the balancer in `sourceLoadBalancerUids`",
  types: [types.firewall],
  checkInStack: (firewall, report, _settings, stack) => {
    const machines = machinesOf(firewall, types.firewall, stack);
    if (!machines.some((machine) => guardsOf(machine, types.loadBalancer, stack).length > 0)) return;
    firewall.get("inboundRules").each((rule) => {
      if (rule.get("action").text() === "deny" || rule.get("portRange").text() === "22") return;
      rule.get("sourceAddresses").each((address) => {
        const source = range(address.text() ?? "");
        if (source && !source.isPrivate)
          report(address, "a public address reaches the backend past its balancer");
      });
    });
  },
};
