import { docs } from "../../docs.ts";
import { componentsOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { listed } from "../../text.ts";
import { missingAlerts } from "./app-alerts.ts";

const wanted = ["CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT"];

export const appComponentAlerts: ResourceRule = {
  name: "app-component-alerts",
  description: "A service or worker tells when it runs out of CPU or memory, and when it restarts.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.apps,
  fix: "add the rules to the component's `alerts`",
  types: [types.app],
  check: (app, report) => {
    for (const component of componentsOf(app, ["services", "workers"]))
      component.attempt(() => {
        const missing = missingAlerts(component.get("alerts"), wanted);
        if (missing.length > 0) report(component.get("alerts"), `nobody hears of ${listed(missing)}`);
      });
  },
};
