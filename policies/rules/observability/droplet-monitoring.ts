import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** Without the agent there are no figures of memory and disk, no alerts on them, and no scaling by them. It comes at creation only. */
export const dropletMonitoring: ResourceRule = {
  name: "droplet-monitoring",
  description: "A droplet runs the metrics agent.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  references: ["droplet-droplets-features-monitoring", "CIS Services 4.2"],
  url: docs.monitoring,
  fix: "set `monitoring: true`, in a pool's template `withDropletAgent: true`",
  types: [types.droplet, types.dropletAutoscale],
  check: (machine, report) => {
    const agent =
      machine.type === types.droplet
        ? machine.get("monitoring")
        : machine.get("dropletTemplate", "withDropletAgent");
    if (agent.flag() !== true) report(agent, "nobody sees its memory and its disk");
  },
};
