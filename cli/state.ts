import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { at } from "./json.ts";
import { stateFolder } from "./places.ts";
import { isAlive, programOf } from "./process.ts";
import { say } from "./progress.ts";

/** The state files of the stacks that live on this machine, as Pulumi's file backend lays them out. */

const project = "breakwater";

const stateFile = (stack: string) => join(stateFolder, ".pulumi", "stacks", project, `${stack}.json`);
const lockFolder = (stack: string) => join(stateFolder, ".pulumi", "locks", "organization", project, stack);

export interface Checkpoint {
  resources: Array<{
    urn: string;
    type: string;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
  }>;
  /** Operations that had begun when an earlier run was killed. */
  pendingOperations: number;
}

/** What is known of a stack; undefined when there is no such stack yet. */
export function checkpoint(stack: string): Checkpoint | undefined {
  const file = stateFile(stack);
  if (!existsSync(file)) return undefined;
  const found = parse(file);
  if (found) return found;
  const backup = `${file}.bak`;
  const advice =
    existsSync(backup) && parse(backup)
      ? `the state before the last change is beside it; put it back with: cp ${quoted(backup)} ${quoted(file)}`
      : "put back a copy of it, or start afresh with: npm stop -- --reset";
  throw new UserError(`the state of stack ${stack} (${file}) is damaged and was left as it is; ${advice}`);
}

/** A stack's outputs, as `pulumi stack output --json` gives them: in place of each secret stands `[secret]`. */
export function outputsOf(stack: string): Record<string, unknown> {
  const outputs = checkpoint(stack)?.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
  return JSON.parse(JSON.stringify(outputs ?? {}, (_, value) => (isSecret(value) ? "[secret]" : value)));
}

/** Whether this stands for a secret: the engine's mark of what is encrypted in a state, and masked in events. */
export const isSecret = (value: unknown) => at(value, "4dabf18193072939515e22adb298388d") !== undefined;

/**
 * Takes away attributes that a killed command had only begun to write. Pulumi's file backend keeps them beside each file, doesn't
 * need them, and can't read a file whose attributes are cut short ("failed to load checkpoint: EOF").
 */
export function dropCutAttributes(stack: string): void {
  const file = stateFile(stack);
  for (const attributes of [`${file}.attrs`, `${file}.bak.attrs`])
    if (existsSync(attributes) && !isJson(readFileSync(attributes, "utf8")))
      rmSync(attributes, { force: true });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Undefined for what is damaged. */
function parse(file: string): Checkpoint | undefined {
  try {
    const latest = JSON.parse(readFileSync(file, "utf8")).checkpoint.latest ?? {};
    return { resources: latest.resources ?? [], pendingOperations: latest.pending_operations?.length ?? 0 };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** As a shell takes it for one word. */
const quoted = (path: string) => `'${path.replaceAll("'", "'\\''")}'`;

/**
 * The process of the Pulumi command that is at work on a stack, if one is. Locks that killed commands have left are removed.
 */
export function atWork(stack: string): number | undefined {
  const folder = lockFolder(stack);
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder);
  // A lock is `<id>.json`, with attributes beside it; of one that found the disk full there is only an empty temporary file.
  for (const id of new Set(files.map((name) => name.split(".", 1)[0] ?? name))) {
    const { pid, hostname: host } = parseLock(join(folder, `${id}.json`));
    if (host === hostname() && pid !== undefined && isAlive(pid) && (programOf(pid) ?? "pulumi") === "pulumi")
      return pid;
    for (const name of files.filter((other) => other.startsWith(id)))
      rmSync(join(folder, name), { force: true });
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
