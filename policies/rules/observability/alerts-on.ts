import { Undecided } from "../../input.ts";
import { type Resource, type Stack, types } from "../../resources.ts";
import { tagsOf } from "../../tags.ts";

/** The alerts for a resource: those that name its id, and those that name one of the tags of a droplet. */
function alertsFor(watched: Resource, stack: Stack): Resource[] {
  const byId = stack.referring(watched, "entities", [types.monitorAlert], ["id"]);
  if (watched.type !== types.droplet && watched.type !== types.dropletAutoscale) return byId.filter(isOn);
  const tags = tagsOf(watched, stack);
  const byTag = stack.having([types.monitorAlert], "tags", [...tags.names, ...tags.made]);
  if (tags.open && stack.of(types.monitorAlert).some((alert) => alert.get("tags").isGiven))
    throw new Undecided(tags.open.path);
  return [...byId, ...byTag].filter(isOn);
}

const isOn = (alert: Resource) => alert.get("enabled").flag() !== false;

/**
 * Which of the wanted metrics nobody watches.
 *
 * @param wanted what it is, and the end of the alert's type.
 */
export function unwatched(watched: Resource, wanted: Record<string, RegExp>, stack: Stack): string[] {
  const metrics = alertsFor(watched, stack).map((alert) => alert.get("type").text() ?? "");
  return Object.entries(wanted).flatMap(([what, type]) =>
    metrics.some((metric) => type.test(metric)) ? [] : [what],
  );
}
