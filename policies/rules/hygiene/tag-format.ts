import { docs } from "../../docs.ts";
import { machineOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** A tag keeps the capitals of its first use, and is found under those alone: in lower case nobody has to remember them. */
const format = /^[a-z0-9:_-]{1,255}$/;

export const tagFormat: StackRule = {
  name: "tag-format",
  description: "A tag is lower case, of letters, digits, `:`, `-` and `_`.",
  group: "hygiene",
  severity: "low",
  level: "advisory",
  url: docs.droplets,
  fix: "write it in lower case, with none but those characters",
  types: [
    types.tag,
    types.databaseCluster,
    types.databaseReplica,
    types.droplet,
    types.dropletAutoscale,
    types.volume,
  ],
  checkInStack: (resource, report, _settings, stack) => {
    const tags =
      resource.type === types.tag ? [resource.get("name")] : machineOf(resource).get("tags").items();
    const input = resource.type === types.dropletAutoscale ? "dropletTemplate" : "tags";
    const isMade = stack.sources(resource, input, types.tag).length > 0; // and judged where it is made
    for (const tag of tags)
      tag.attempt(() => {
        if (isMade && tag.isUnknown) return;
        const text = tag.text();
        if (text !== undefined && !format.test(text))
          report(tag, "other capitals, or a copy of it, would be another tag");
      });
  },
};
