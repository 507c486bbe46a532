import type { Input } from "./input.ts";
import { known, machineOf, type Resource, type Stack, types } from "./resources.ts";

export interface Tags {
  /** Names of the tags, as far as they are known. */
  names: string[];
  /** URNs of the `Tag`s of the stack that they come from: their ids are unknown on a first preview. */
  made: string[];
  /** A tag that only the deployment will tell, and that no `Tag` of the stack stands for. */
  open: Input | undefined;
}

/** The tags of a droplet, of the droplets of a pool, or of whatever else has them. */
export function tagsOf(tagged: Resource, stack: Stack): Tags {
  const tags = machineOf(tagged).get("tags");
  const input = tagged.type === types.dropletAutoscale ? "dropletTemplate" : "tags";
  const made = stack.sources(tagged, input, types.tag);
  const names = made.flatMap((urn) => known(stack.at(urn)?.get("name")));
  const open = made.length > 0 ? undefined : tags.leaves().find(({ isUnknown }) => isUnknown);
  return { names: [...known(tags), ...names], made, open };
}

/** Whether a tag, or the end of one behind a colon (`shop-prod:stateless`), is among some. */
export const marked = (names: readonly string[], tag: string): boolean =>
  names.some((name) => name.split(":").at(-1) === tag);
