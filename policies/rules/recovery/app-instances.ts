import { docs } from "../../docs.ts";
import { componentsOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const appInstances: ResourceRule = {
  name: "app-instances",
  description: "In production a service runs in two containers or more.",
  group: "backups and recovery",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.apps,
  fix: "set `instanceCount` to 2 or more, or `autoscaling.minInstanceCount`",
  types: [types.app],
  check: (app, report) => {
    for (const service of componentsOf(app, ["services"]))
      service.attempt(() => {
        const scaling = service.get("autoscaling");
        const count = scaling.isGiven ? scaling.get("minInstanceCount") : service.get("instanceCount");
        if ((count.number() ?? 1) < 2)
          report(count, "one container, and whatever happens to it happens to everyone");
      });
  },
};
