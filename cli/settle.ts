import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Api } from "./api.ts";
import type { Cloud } from "./cloud.ts";
import { UserError } from "./errors.ts";
import { finders, type Inputs } from "./finders.ts";
import { at } from "./json.ts";
import { say } from "./progress.ts";
import type { Stack } from "./stack.ts";
import { checkpoint, dropCutAttributes } from "./state.ts";

/**
 * After an interrupted command the cloud may have things that the stack's state does not know: their creation was acknowledged, or
 * even only begun, when the command, the provider or the cloud ended. Creating them again would fail (names are taken) or make
 * a second one. They are found by name and imported. Only what is of no use to anyone is deleted: a MongoDB user or a Spaces key, whose
 * secret was told once, to a command that is no more, and a pool of droplets, which keep nothing.
 */

/** Owners come before what they own, so a cluster's users are found only in the round after the cluster. */
const ROUNDS = 4;

export async function settle(stack: Stack, cloud: Cloud): Promise<void> {
  if (!stack.interrupted()) return;
  say(`An earlier command on stack ${stack.name} was interrupted: looking for what it had begun`);
  dropCutAttributes(stack.name);
  await forgetPendingOperations(stack);
  await forgetLost(stack);
  for (let round = 0; round < ROUNDS; round++) {
    const imported = await takeOver(stack, cloud, (path, name) => removeUseless(cloud, path, name));
    if (!imported) return; // the program itself fails: the next command tells why, and there is something left to settle
    if (imported.length === 0) break;
    for (const name of imported) say(`  took over ${name}`);
  }
  stack.settled();
}

/** Pulumi notes an operation before it begins. What became of it is asked of the cloud, so the note has served its purpose. */
async function forgetPendingOperations(stack: Stack): Promise<void> {
  if (!checkpoint(stack.name)?.pendingOperations) return;
  await withFile("state.json", async (file) => {
    await must(stack, ["stack", "export", "--file", file]);
    const state = JSON.parse(readFileSync(file, "utf8"));
    state.deployment.pending_operations = [];
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    await must(stack, ["stack", "import", "--file", file]);
  });
}

/**
 * What the cloud does not have any more goes from the state, before the program runs: it asks for things such as a cluster's certificate.
 * Where the cloud cannot be asked (the state has another address of it), the commands that follow tell.
 */
export async function forgetLost(stack: Stack): Promise<void> {
  await stack.capture(["refresh", "--yes", "--skip-preview"]);
}

interface Import {
  type: string;
  name: string;
  id?: string;
  component?: boolean;
  parent?: string;
}

/** What becomes of a thing of the name that is wanted and that can't be taken over: its path at the API, and what it is. */
export type Useless = (path: string, name: string) => Promise<void>;

/** One round: imports what a preview would create although it exists. Gives what was imported; undefined when there is no preview. */
export async function takeOver(stack: Stack, api: Api, useless: Useless): Promise<string[] | undefined> {
  return withFile("import.json", async (file) => {
    const preview = await stack.capture([
      ...["preview", "--json", "--import-file", file],
      ...["--stack", stack.name],
    ]);
    if (preview.code !== 0) return undefined;
    const creates = createsOf(JSON.parse(preview.stdout));
    const plan: { resources?: Import[] } = JSON.parse(readFileSync(file, "utf8"));
    const entries = plan.resources ?? [];
    const found: Import[] = [];
    for (const entry of entries) {
      const inputs = creates.get(`${entry.type} ${entry.name}`);
      const id = inputs && (await find(api, entry.type, inputs, useless));
      if (id) found.push({ ...entry, id });
    }
    if (found.length === 0) return [];
    const components = entries.filter(({ component }) => component);
    writeFileSync(file, JSON.stringify({ ...plan, resources: [...components, ...found] }), { mode: 0o600 });
    await must(stack, [
      ...["import", "--file", file, "--stack", stack.name],
      ...["--yes", "--skip-preview", "--generate-code=false", "--protect=false"],
    ]);
    return found.map(({ type, name }) => `${name} (${type.split(":").pop()})`);
  });
}

/** The inputs of every resource that a preview would create, by type and name. */
function createsOf(preview: unknown): Map<string, Inputs> {
  const creates = new Map<string, Inputs>();
  const steps = at(preview, "steps");
  for (const step of Array.isArray(steps) ? steps : []) {
    if (at(step, "op") !== "create") continue;
    const name = String(at(step, "urn")).split("::").pop();
    creates.set(`${at(step, "newState", "type")} ${name}`, (at(step, "newState", "inputs") ?? {}) as Inputs);
  }
  return creates;
}

async function find(api: Api, type: string, inputs: Inputs, useless: Useless): Promise<string | undefined> {
  const finder = finders[type];
  const path = finder?.list(inputs);
  const wanted = finder?.wanted(inputs);
  if (!finder || !path || wanted === undefined) return undefined;
  const answer = await ask(api, "GET", `${path}?per_page=200`);
  if (answer === undefined && finder.unlisted) return finder.id(undefined, inputs);
  const items = at(answer, finder.many);
  const item = Array.isArray(items) && items.find((candidate) => finder.name(candidate) === wanted);
  if (!item) return undefined;
  const lost = finder.lost?.(item, inputs);
  if (lost === undefined) return finder.id(item, inputs);
  await useless(lost, `${wanted} (${type.split(":").pop()})`);
  return undefined;
}

async function removeUseless(cloud: Cloud, path: string, name: string): Promise<void> {
  await ask(cloud, "DELETE", path);
  say(`  deleted ${name}, which can't be taken over: it will be made anew`);
}

async function ask({ url, token }: Api, method: string, path: string): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  // The owner may be gone, and what it owned with it.
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new UserError(`${url}${path} answers HTTP ${answer.status}`);
  return method === "GET" ? answer.json() : undefined;
}

async function must(stack: Stack, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await stack.capture(args);
  if (code === 0) return stdout;
  const why = `${stderr}\n${stdout}`.split("\n").find((line) => /^\s*error:/.test(line));
  throw new UserError(
    `pulumi ${args[0]} failed on stack ${stack.name}${why ? ` (${why.replace(/^\s*error:\s*/, "")})` : ""}`,
  );
}

/** A file that nobody else can read and that is gone afterwards: what Pulumi exports is never left behind. */
async function withFile<T>(name: string, action: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  try {
    return await action(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
