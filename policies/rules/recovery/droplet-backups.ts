import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** Tag of a droplet that holds nothing worth keeping, or its end behind a colon: `shop-prod:stateless`. */
export const STATELESS = "stateless";

/** Whether a tag, or the end of one behind a colon, is among some. */
export const tagged = (tags: string[], tag: string) => tags.some((one) => one.split(":").at(-1) === tag);

export const dropletBackups: ResourceRule = {
  name: "droplet-backups",
  description: "A droplet is backed up, unless its tag says that it holds nothing.",
  group: "backups and recovery",
  severity: "medium",
  level: "mandatory",
  references: ["droplet-droplets-backup-not-enabled", "CIS Services 2.1"],
  url: docs.droplets,
  fix: `set \`backups: true\`, or the tag \`${STATELESS}\` where the droplet can be made anew from nothing`,
  types: [types.droplet],
  check: (droplet, report) => {
    const backups = droplet.get("backups");
    if (tagged(droplet.get("tags").texts(), STATELESS) || backups.flag() === true) return;
    report(backups, "nothing brings back what is on its disk");
  },
};
