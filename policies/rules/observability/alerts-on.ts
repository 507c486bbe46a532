import { machineOf, type Resource, type Stack, types } from "../../resources.ts";

/** The alerts for a resource: those that name its id, and those that name one of the tags of a droplet. */
function alertsFor(watched: Resource, stack: Stack): Resource[] {
  const byId = stack.referring(watched, "entities", [types.monitorAlert], ["id"]);
  const isMachine = watched.type === types.droplet || watched.type === types.dropletAutoscale;
  const tags = isMachine ? machineOf(watched).get("tags").texts() : [];
  const byTag = stack.having([types.monitorAlert], "tags", tags);
  return [...byId, ...byTag].filter((alert) => alert.get("enabled").flag() !== false);
}

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
