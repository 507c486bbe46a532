import { docs } from "../../docs.ts";
import { machineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { listed } from "../../text.ts";

export const resourceTagged: ResourceRule = {
  name: "resource-tagged",
  description: "What can carry tags has one, and those that the settings ask for.",
  group: "hygiene",
  severity: "low",
  level: "advisory",
  url: docs.droplets,
  fix: "add the tags: bills, firewalls and alerts go by them",
  limits: ["tags"],
  types: [types.databaseCluster, types.databaseReplica, types.droplet, types.dropletAutoscale, types.volume],
  check: (resource, report, { limits }) => {
    const tags = machineOf(resource).get("tags");
    const missing = limits.tags.filter((tag) => !tags.texts().includes(tag));
    if (missing.length > 0) report(tags, `it lacks ${listed(missing)}`);
    else if (!tags.isGiven) report(tags, "it has no tag, so nothing tells whose it is");
  },
  mend: (inputs, { limits }) => {
    const target = inputs.dropletTemplate ?? inputs;
    if (typeof target !== "object" || target === null) return;
    const tags: unknown = Reflect.get(target, "tags");
    // In place: what is copied out of a list is no longer marked as a secret.
    if (Array.isArray(tags)) tags.push(...limits.tags.filter((tag) => !tags.includes(tag)));
    else Reflect.set(target, "tags", [...limits.tags]);
  },
};
