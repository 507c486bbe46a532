import { docs } from "../../docs.ts";
import { componentsOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** Without a path the platform only tries whether the port can be opened: an app that answers 500 to everyone is healthy to it. */
export const appHealthCheck: ResourceRule = {
  name: "app-health-check",
  description: "A service is asked over http whether it is healthy.",
  group: "backups and recovery",
  severity: "low",
  level: "advisory",
  url: docs.apps,
  fix: "set `healthCheck.httpPath`",
  types: [types.app],
  check: (app, report) => {
    for (const service of componentsOf(app, ["services"]))
      service.attempt(() => {
        const path = service.get("healthCheck", "httpPath");
        if (!path.isGiven) report(path, "a new version takes over as soon as its port is open");
      });
  },
};
