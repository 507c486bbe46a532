import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

/** What restore drills have proved: the file that `policies:evidence` names, and that a drill which passes writes. */

/** A copy of a database that was made from a backup or a dump, and that passed its checks. */
export interface Proof {
  engine: string;
  /** What it was made from: `backup`, or `dump`. */
  from: string;
  clusterName: string;
  /** Day on which it was checked, `YYYY-MM-DD`. */
  on: string;
}

/**
 * Reads the proofs. A file that is not there proves nothing, and is no mistake: the first drill has yet to be.
 *
 * @param path absolute, or from the project's folder. Pulumi does not tell a pack where that is: it is the shell's, or one above the pack.
 * @returns undefined for a file that is none of a drill's.
 */
export function proofsIn(path: string): Proof[] | undefined {
  const file = candidates(path).find((each) => existsSync(each));
  if (file === undefined) return [];
  try {
    const { version, passed } = Object(JSON.parse(readFileSync(file, "utf8")));
    if (version !== 1 || !Array.isArray(passed)) return undefined;
    return passed.flatMap((entry) => proofOf(Object(entry)) ?? []);
  } catch {
    return undefined;
  }
}

function proofOf({ engine, from, clusterName, at }: Record<string, unknown>): Proof | undefined {
  if (typeof engine !== "string" || typeof from !== "string" || typeof clusterName !== "string")
    return undefined;
  return typeof at === "string" ? { engine, from, clusterName, on: at.slice(0, 10) } : undefined;
}

function candidates(path: string): string[] {
  if (isAbsolute(path)) return [path];
  const folders = [process.env.PWD, process.env.INIT_CWD].flatMap((folder) => folder ?? []);
  for (let folder = process.cwd(); folder !== dirname(folder); folder = dirname(folder)) folders.push(folder);
  return folders.map((folder) => join(folder, path));
}
