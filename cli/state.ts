import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { stateFolder } from "./places.ts";
import { isAlive, programOf } from "./process.ts";
import { say } from "./progress.ts";

/** The state files of the stacks that live on this machine, as Pulumi's file backend lays them out. */

const project = "breakwater";

const stateFile = (stack: string) => join(stateFolder, ".pulumi", "stacks", project, `${stack}.json`);
const lockFolder = (stack: string) => join(stateFolder, ".pulumi", "locks", "organization", project, stack);

export interface Checkpoint {
  resources: Array<{ urn: string; type: string; id?: string; inputs?: Record<string, unknown> }>;
  /** Operations that had begun when an earlier run was killed. */
  pendingOperations: number;
}

/** What is known of a stack; undefined when there is no such stack yet. */
export function checkpoint(stack: string): Checkpoint | undefined {
  const file = stateFile(stack);
  if (!existsSync(file)) return undefined;
  try {
    const latest = JSON.parse(readFileSync(file, "utf8")).checkpoint.latest ?? {};
    return { resources: latest.resources ?? [], pendingOperations: latest.pending_operations?.length ?? 0 };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    const backup = `${file}.bak`;
    const advice = existsSync(backup)
      ? `the state before the last change is beside it; put it back with: cp '${backup}' '${file}'`
      : "put back a copy of it, or start afresh with: npm stop -- --reset";
    throw new UserError(`the state of stack ${stack} (${file}) is damaged and was left as it is; ${advice}`);
  }
}

/**
 * The process of the Pulumi command that is at work on a stack, if one is. Locks that killed commands have left are removed.
 */
export function atWork(stack: string): number | undefined {
  const folder = lockFolder(stack);
  if (!existsSync(folder)) return undefined;
  const locks = readdirSync(folder).filter((name) => name.endsWith(".json"));
  for (const name of locks) {
    const file = join(folder, name);
    const { pid, hostname: host } = parseLock(file);
    if (host === hostname() && pid !== undefined && isAlive(pid) && (programOf(pid) ?? "pulumi") === "pulumi")
      return pid;
    for (const path of [file, `${file}.attrs`]) rmSync(path, { force: true });
    say(`Cleared the lock that a killed Pulumi command had left on stack ${stack}`);
  }
  return undefined;
}

function parseLock(file: string): { pid?: number; hostname?: string } {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // cut short by the same kill
  }
}
