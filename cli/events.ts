import { existsSync, readFileSync } from "node:fs";
import { partsToAllow } from "../settings/protected.ts";
import { at } from "./json.ts";

/** The engine's own account of a command (`--event-log`): one JSON object a line. Secrets are masked in it. */
export type Event = unknown;

/** Exit code of `--expect-no-changes` when there are changes (Pulumi 3.259). */
export const CHANGES = 7;

export function readEvents(file: string): Event[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  // What follows the last line's end is nothing, or what a killed engine did not write to its end.
  return lines.slice(0, -1).map((line): Event => JSON.parse(line));
}

/** What `allowReplace` must name for what the engine refused to replace or delete because it is protected. */
export function refusedParts(events: Event[]): string[] {
  const parts = new Set<string>();
  for (const event of events) {
    const message = String(at(event, "diagnosticEvent", "message"));
    const urn = /resource "(urn:[^"]+)"\s[\s\S]*marked for protection/.exec(message)?.[1];
    for (const part of urn ? partsToAllow(urn) : []) parts.add(part);
  }
  return [...parts].sort();
}

/** Operations of a refresh that change nothing. */
const quiet = new Set(["same", "read", "refresh"]);

export interface Change {
  urn: string;
  op: string;
  /** Paths of the differences. */
  paths: string[];
  /** The engine's whole account, with the states before and after. */
  metadata: unknown;
}

/** What a refresh would change. */
export function refreshChanges(events: Event[]): Change[] {
  return events
    .map((event) => at(event, "resOutputsEvent", "metadata"))
    .filter((change) => change !== undefined && !quiet.has(String(at(change, "op"))))
    .map((metadata) => ({
      urn: String(at(metadata, "urn")),
      op: String(at(metadata, "op")),
      paths: pathsOf(metadata),
      metadata,
    }));
}

/** Not every provider tells more than the names of the properties. */
function pathsOf(metadata: unknown): string[] {
  const detailed = Object.keys(at(metadata, "detailedDiff") ?? {});
  const names = at(metadata, "diffs");
  return detailed.length > 0 || !Array.isArray(names) ? detailed : names.map(String);
}
