import { docs } from "../../docs.ts";
import { machineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { imageEnd, nearness } from "./end-of-life.ts";

/** The slug is a hint only: what runs may have been upgraded in place. A new droplet starts with it all the same. */
export const dropletImageSupported: ResourceRule = {
  name: "droplet-image-supported",
  description: "A droplet's distribution still gets security updates.",
  group: "versions",
  severity: "high",
  level: "mandatory",
  url: docs.droplets,
  fix: "use the image of a newer release, such as `ubuntu-24-04-x64`",
  types: [types.droplet, types.dropletAutoscale],
  check: (machine, report, settings) => {
    const image = machineOf(machine).get("image");
    const last = imageEnd(image.text() ?? "");
    if (last && nearness(last, settings) === "over") report(image, `its updates ended on ${last}`);
  },
};
