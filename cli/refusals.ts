import { existsSync, readFileSync } from "node:fs";
import { at } from "./health.ts";

/** What `allowReplace` calls the resources that the program protects, by their type. */
const parts: Record<string, string> = {
  "digitalocean:index/vpc:Vpc": "network",
  "digitalocean:index/databaseCluster:DatabaseCluster": "postgres.cluster",
  "digitalocean:index/databaseDb:DatabaseDb": "postgres.databases",
  "digitalocean:index/databaseUser:DatabaseUser": "postgres.users",
};

/**
 * How to allow what the engine has refused because a resource is protected.
 *
 * @param eventLog the engine's events, one JSON object a line (`--event-log`).
 * @returns undefined when nothing was refused for that reason.
 */
export function howToAllow(eventLog: string, stack: string): string | undefined {
  if (!existsSync(eventLog)) return undefined;
  const refused = new Set<string>();
  for (const line of readFileSync(eventLog, "utf8").split("\n").filter(Boolean)) {
    const message = at(JSON.parse(line), "diagnosticEvent", "message");
    const urn = /(?:unable to replace|cannot be deleted|unable to delete) resource "(urn:[^"]+)"/.exec(
      String(message),
    )?.[1];
    const part = urn && parts[urn.split("::")[2]?.split("$").pop() ?? ""];
    if (part) refused.add(part);
  }
  if (refused.size === 0) return undefined;
  const list = [...refused].sort().join(", ");
  return (
    `refused, since data would be lost: ${list}. To allow it once, add to Pulumi.${stack}.yaml, under config: ` +
    `breakwater:allowReplace: [${list}] and take it out again after the update`
  );
}
