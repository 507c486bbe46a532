import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { guardsOf } from "./machines.ts";

export const dropletFirewalled: StackRule = {
  name: "droplet-firewalled",
  description: "Every droplet and every pool is behind a firewall.",
  group: "private networking",
  severity: "critical",
  level: "mandatory",
  references: [
    "droplet-firewall-coverage",
    "droplet-not-internet-reachable",
    "droplet-droplets-firewall-not-attached",
    "droplet-droplets-all-ports-exposed",
    "droplet-droplets-port-22-exposed",
    "CIS Services 2.2",
    "CIS Services 2.3",
  ],
  url: docs.firewalls,
  fix: "add a `Firewall` with one of its tags, or with its id in `dropletIds`",
  types: [types.droplet, types.dropletAutoscale],
  checkInStack: (machine, report, _settings, stack) => {
    if (guardsOf(machine, types.firewall, stack).length === 0)
      report("", "no firewall is for it, so every port is open to the internet");
  },
};
