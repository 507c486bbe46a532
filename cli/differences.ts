import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Api } from "./api.ts";
import { UserError } from "./errors.ts";
import { type Event, readEvents, refreshChanges } from "./events.ts";
import { at } from "./json.ts";
import type { Stack } from "./stack.ts";
import { isSecret } from "./state.ts";
import { changedVariables } from "./variables.ts";

/** How a resource on the cloud differs from what the state has of it. */
export interface Difference {
  urn: string;
  /** Logical name. */
  name: string;
  /** Type token. */
  type: string;
  what: "changed" | "gone";
  properties: Property[];
}

export interface Property {
  /** As in Pulumi: `rules[0].value`; of variables of an app: `api DATABASE_URL`. */
  path: string;
  /** What the state has; undefined when it is secret, or not there. */
  state?: string;
  cloud?: string;
}

/** Asks the cloud for all that the state has. Writes nothing: neither to the cloud nor to the state. */
export async function differences(stack: Stack, api: Api): Promise<Difference[]> {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  try {
    const log = join(folder, "events");
    const args = ["refresh", "--preview-only", "--stack", stack.name, "--event-log", log];
    const { code, stdout, stderr } = await stack.capture(args);
    if (code !== 0)
      throw new UserError(`stack ${stack.name} can't be compared with the cloud: ${reason(stdout + stderr)}`);
    return differencesIn(readEvents(log), await changedVariables(stack, api));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the engine says last of every failure. */
const general = /^(update|preview|destroy|refresh) failed$|Program exited with non-zero exit code/;

/** The line of the engine's output that says most. */
export function reason(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const errors = lines
    .filter((line) => line.startsWith("error:"))
    .map((line) => line.replace(/^error: */, ""));
  return errors.find((line) => !general.test(line)) ?? errors[0] ?? lines.findLast(Boolean) ?? "";
}

const inVariables = /^spec\.(.*\.)?envs\b/;

/**
 * What a refresh changes of what the program decides. Two kinds of changes are none: what only the cloud decides (a
 * rule's creation date), and the encrypted form of secret variables, which is never the same twice.
 *
 * @param variables of apps that differ, as `changedVariables` tells them.
 */
export function differencesIn(events: Event[], variables: Map<string, string[]>): Difference[] {
  const found: Difference[] = [];
  for (const { urn, op, paths, metadata } of refreshChanges(events)) {
    const name = urn.split("::").pop() ?? urn;
    const type = urn.split("::")[2]?.split("$").pop() ?? "";
    if (op === "delete") {
      found.push({ urn, name, type, what: "gone", properties: [] });
      continue;
    }
    const properties: Property[] = paths
      .filter((path) => !inVariables.test(path) && isInput(metadata, path))
      .map((path) => ({ path, state: shown(metadata, "old", path), cloud: shown(metadata, "new", path) }));
    if (paths.some((path) => inVariables.test(path)))
      properties.push(...(variables.get(urn) ?? []).map((path) => ({ path })));
    if (properties.length > 0 || paths.length === 0)
      found.push({ urn, name, type, what: "changed", properties });
  }
  return found;
}

/** Whether the program has a say in a property. What lies inside a secret can't be seen, and counts. */
function isInput(metadata: unknown, path: string): boolean {
  return ["old", "new"].some((side) => {
    const value = follow(at(metadata, side, "inputs"), path);
    return value === hidden || value !== undefined;
  });
}

function shown(metadata: unknown, side: "old" | "new", path: string): string | undefined {
  const value = follow(at(metadata, side, "outputs"), path);
  return value === undefined || value === hidden ? undefined : JSON.stringify(value);
}

/** Stands for what a mask of the engine covers. */
const hidden = Symbol("hidden");

/** The value at a path such as `rules[0].value` or `labels["a.b"]`. */
function follow(value: unknown, path: string): unknown {
  let inner: unknown = value;
  for (const [, key, index, quoted] of path.matchAll(/([^.[\]]+)|\[(\d+)\]|\["([^"]+)"\]/g)) {
    if (isSecret(inner)) return hidden;
    inner = at(inner, key ?? index ?? quoted ?? "");
  }
  return isSecret(inner) || inner === "[secret]" ? hidden : inner;
}
