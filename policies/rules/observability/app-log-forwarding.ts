import { docs } from "../../docs.ts";
import { componentsOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** The platform keeps an app's logs for a short while, and those of a container only as long as it lives. */
export const appLogForwarding: ResourceRule = {
  name: "app-log-forwarding",
  description: "In production the logs of an app are kept elsewhere.",
  group: "observability",
  severity: "low",
  level: "advisory",
  only: "production",
  url: docs.apps,
  fix: "set `logDestinations` of the component",
  types: [types.app],
  check: (app, report) => {
    for (const component of componentsOf(app, ["services", "workers"]))
      component.attempt(() => {
        const logs = component.get("logDestinations");
        if (!logs.isGiven) report(logs, "what it logged is gone when it is needed");
      });
  },
};
