import { docs } from "../../docs.ts";
import { componentsOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** Everything inside can be well while nobody gets in: names, certificates and the way there are seen from outside only. */
export const entryUptimeChecked: StackRule = {
  name: "entry-uptime-checked",
  description: "In production, what people come in by is checked from outside over https.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.uptime,
  fix: "add an `UptimeCheck` of type https",
  types: [types.loadBalancer, types.app],
  checkInStack: (entry, report, _settings, stack) => {
    if (entry.isRehearsed) return; // nothing outside could look at it
    if (entry.type === types.app && componentsOf(entry, ["services", "staticSites"]).length === 0) return;
    if (entry.type === types.loadBalancer && entry.get("network").text() === "INTERNAL") return;
    const checks = stack.of(types.uptimeCheck).filter((check) => check.get("enabled").flag() !== false);
    if (!checks.some((check) => (check.get("type").text() ?? "https") === "https"))
      report("", "nothing looks at it from outside");
  },
};
