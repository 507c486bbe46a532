import { docs } from "../../docs.ts";
import { machineOf } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { shown } from "../../text.ts";

/** App Platform names regions without the number of the datacentre. */
export const regionAllowed: ResourceRule = {
  name: "region-allowed",
  description: "Resources are in the regions that the settings list.",
  group: "hygiene",
  severity: "medium",
  level: "mandatory",
  url: docs.vpc,
  fix: "move it to a region that the settings list (`limits.regions`)",
  limits: ["regions"],
  types: [],
  check: (resource, report, { limits: { regions } }) => {
    if (regions.length === 0 || !resource.type.startsWith("digitalocean:")) return;
    for (const region of [machineOf(resource).get("region"), resource.get("spec", "region")])
      region.attempt(() => {
        const name = region.text();
        if (!name || regions.some((allowed) => allowed === name || allowed.replace(/\d+$/, "") === name))
          return;
        report(region, `${shown(name)} is not among ${regions.join(", ")}`);
      });
  },
};
