import { docs } from "../../docs.ts";
import { Undecided } from "../../input.ts";
import { type Resource, type Stack, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { marked, tagsOf } from "../../tags.ts";

/** Tag of a droplet that holds nothing worth keeping, or its end behind a colon: `shop-prod:stateless`. */
export const STATELESS = "stateless";

/**
 * Whether a droplet, or a pool, says that it holds nothing.
 *
 * @throws Undecided when none of the tags that are known does, and only the deployment will tell another.
 */
export function isStateless(machine: Resource, stack: Stack): boolean {
  const { names, open } = tagsOf(machine, stack);
  if (marked(names, STATELESS)) return true;
  if (open) throw new Undecided(open.path);
  return false;
}

export const dropletBackups: StackRule = {
  name: "droplet-backups",
  description: "A droplet is backed up, unless its tag says that it holds nothing.",
  group: "backups and recovery",
  severity: "medium",
  level: "mandatory",
  references: ["droplet-droplets-backup-not-enabled", "CIS Services 2.1"],
  url: docs.droplets,
  fix: `set \`backups: true\`, or the tag \`${STATELESS}\` where the droplet can be made anew from nothing`,
  types: [types.droplet],
  checkInStack: (droplet, report, _settings, stack) => {
    const backups = droplet.get("backups");
    if ((!backups.isUnknown && backups.flag() === true) || isStateless(droplet, stack)) return;
    if (backups.flag() !== true) report(backups, "nothing brings back what is on its disk");
  },
};
