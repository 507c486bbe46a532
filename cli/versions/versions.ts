import { at } from "../json.ts";
import type { Store } from "./store.ts";

/** The versions of a stack's state that its backend still has, as Pulumi's file backend (3.259) lays them out. */

const project = "breakwater";

/** The keys of a stack. */
export const keysOf = (stack: string) => ({
  current: `.pulumi/stacks/${project}/${stack}.json`,
  before: `.pulumi/stacks/${project}/${stack}.json.bak`,
  /** What each command left at its end. */
  history: `.pulumi/history/${project}/${stack}/${stack}-`,
  backup: (stamp: string) => `.pulumi/backups/${project}/${stack}/${stack}.${stamp}.json`,
  locks: `.pulumi/locks/organization/${project}/${stack}/`,
});

export interface Version {
  /** What `--restore` takes: a time of the history, or a version of the bucket. */
  id: string;
  /** When it was saved, ISO 8601; undefined when it is damaged. */
  savedAt: string | undefined;
  /** How many resources it has; undefined when it is damaged: a file that was cut short, or no state at all. */
  resources: number | undefined;
  /** Operations that had begun and whose end it does not know. */
  pending: number;
  text: string;
}

/** Newest first; what is damaged last. The same content is told once, under its first name. */
export async function versionsOf(store: Store, stack: string): Promise<Version[]> {
  const keys = keysOf(stack);
  const history = (await store.list(keys.history)).filter((key) => key.endsWith(".checkpoint.json"));
  const sources = [
    ...history.map((key) => ({ key, id: key.slice(keys.history.length, -".checkpoint.json".length) })),
    ...(await store.kept(keys.current)).map((version) => ({ key: keys.current, id: version, version })),
    { key: keys.before, id: "before" },
  ];
  const found = new Map<string, Version>();
  for (const { key, id, version } of sources.map((source) => ({ version: undefined, ...source }))) {
    const text = await store.read(key, version);
    if (text !== undefined && !found.has(text)) found.set(text, read(id, text));
  }
  return [...found.values()].sort((a, b) => (b.savedAt ?? "").localeCompare(a.savedAt ?? ""));
}

/** The state that the stack has now; undefined when it is lost. */
export async function currentOf(store: Store, stack: string): Promise<Version | undefined> {
  const text = await store.read(keysOf(stack).current);
  return text === undefined ? undefined : read("current", text);
}

function read(id: string, text: string): Version {
  const damaged = { id, text, savedAt: undefined, resources: undefined, pending: 0 };
  try {
    const checkpoint = at(JSON.parse(text), "checkpoint");
    const latest = at(checkpoint, "latest");
    const resources = at(latest, "resources") ?? [];
    if (typeof at(checkpoint, "stack") !== "string" || !Array.isArray(resources)) return damaged;
    const pending = at(latest, "pending_operations");
    const savedAt = String(at(latest, "manifest", "time") ?? "");
    const moment = Date.parse(savedAt) ? new Date(savedAt).toISOString() : savedAt;
    return {
      ...damaged,
      savedAt: moment,
      resources: resources.length,
      pending: Array.isArray(pending) ? pending.length : 0,
    };
  } catch {
    return damaged;
  }
}
