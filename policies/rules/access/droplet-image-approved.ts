import { docs } from "../../docs.ts";
import { machineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** A custom image has a number or a UUID; one of DigitalOcean's has a slug, such as `ubuntu-24-04-x64`. */
const custom = /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/;

export const dropletImageApproved: ResourceRule = {
  name: "droplet-image-approved",
  description: "A droplet runs an image of DigitalOcean's, or one that was approved.",
  group: "access",
  severity: "medium",
  level: "mandatory",
  references: ["droplet-droplets-custom-image"],
  url: docs.droplets,
  fix: "use the slug of a distribution, or list the image's id in the settings (`limits.images`)",
  limits: ["images"],
  types: [types.droplet, types.dropletAutoscale],
  check: (machine, report, { limits }) => {
    const image = machineOf(machine).get("image");
    const id = typeof image.value === "number" ? String(image.value) : (image.text() ?? "");
    if (custom.test(id) && !limits.images.includes(id))
      report(image, "nobody has approved this custom image");
  },
};
