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
    const urn = /resource "(urn:[^"]+)"\s[\s\S]*(?:marked for protection|because it is protected)/.exec(
      message,
    )?.[1];
    for (const part of urn ? partsToAllow(urn) : []) parts.add(part);
  }
  return [...parts].sort();
}

export interface Change {
  urn: string;
  op: string;
  /** Paths of the differences. */
  paths: string[];
  /** The engine's whole account, with the states before and after. */
  metadata: unknown;
}

/** Operations of a refresh that change nothing. */
const quiet = new Set(["same", "read", "refresh"]);

/**
 * What a refresh changes. `pulumi refresh` tells what came of asking for a resource; a command that refreshes before it deletes tells
 * only that it asked, and its deletions are not looked at.
 */
export function refreshChanges(events: Event[]): Change[] {
  const deletion = events.findIndex((event) => at(event, "resourcePreEvent", "metadata", "op") === "delete");
  return events
    .slice(0, deletion < 0 ? undefined : deletion)
    .map((event) => at(event, "resOutputsEvent", "metadata"))
    .filter((metadata) => metadata !== undefined)
    .map((metadata) => ({
      urn: String(at(metadata, "urn")),
      op: outcomeOf(metadata),
      paths: pathsOf(metadata),
      metadata,
    }))
    .filter(({ op }) => !quiet.has(op));
}

function outcomeOf(metadata: unknown): string {
  const op = String(at(metadata, "op"));
  if (op !== "refresh") return op;
  if (at(metadata, "new") === null) return "delete";
  return pathsOf(metadata).length > 0 ? "update" : op;
}

/** Not every provider tells more than the names of the properties. */
function pathsOf(metadata: unknown): string[] {
  const detailed = Object.keys(at(metadata, "detailedDiff") ?? {});
  const names = at(metadata, "diffs");
  return detailed.length > 0 || !Array.isArray(names) ? detailed : names.map(String);
}
