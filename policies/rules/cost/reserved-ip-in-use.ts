import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

export const reservedIpInUse: StackRule = {
  name: "reserved-ip-in-use",
  description: "A reserved address is assigned to a droplet.",
  group: "cost",
  severity: "low",
  level: "mandatory",
  references: ["network_floating_ip_unattached"],
  url: docs.reservedIps,
  fix: "set `dropletId`, add an assignment, or give the address back",
  types: [types.reservedIp, types.floatingIp],
  checkInStack: (address, report, _settings, stack) => {
    const droplet = address.get("dropletId");
    const assignments = [types.reservedIpAssignment, types.floatingIpAssignment];
    if (droplet.isGiven || stack.referring(address, "ipAddress", assignments, ["ipAddress", "id"]).length > 0)
      return;
    report(droplet, "it is paid for and leads nowhere");
  },
};
