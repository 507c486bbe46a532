import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "./cloud.ts";
import { differencesIn } from "./differences.ts";
import { CHANGES, type Event, readEvents, refreshChanges, refusedParts } from "./events.ts";
import { say } from "./progress.ts";
import { settle } from "./settle.ts";
import { changes, commandOf, initialize, isLocal, openStack, type Stack, stackOf } from "./stack.ts";
import { atWork, checkpoint } from "./state.ts";
import { changedVariables } from "./variables.ts";

/** Commands of Pulumi that talk to the cloud that a stack describes. */
const reachesTheCloud = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "down", "import"]);

/** `npm run pulumi -- ARGS`: Pulumi's command with the right environment for the stack that ARGS name. */
export async function run(args: string[]): Promise<number> {
  const name = stackOf(args);
  const command = commandOf(args);
  if (isLocal(name)) checkpoint(name); // a damaged one is reported in one line
  const cloud = isLocal(name) && reachesTheCloud.has(command) ? await startCloud() : undefined;
  const stack = await openStack(name);
  if (!reachesTheCloud.has(command)) return stack.run(args);
  if (cloud && !atWork(name)) {
    await initialize(stack);
    if (changes(args)) await settle(stack, cloud);
  }

  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  try {
    const log = join(folder, "events");
    const all = [...args, ...additions(name, command, args), "--event-log", log];
    if (cloud && isExpectation(args)) return await expectNoDrift(stack, cloud, all, log);
    const code = await stack.run(all);
    if (code !== 0) explain(name, readEvents(log));
    if (code !== 0 && !cloud && command !== "preview") say(afterInterruption(name));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const EXPECTATION = "--expect-no-changes";

const isExpectation = (args: string[]) =>
  commandOf(args) === "refresh" && args.includes("--preview-only") && args.includes(EXPECTATION);

/** `refresh --preview-only --expect-no-changes`: what is expected is judged here, since the engine takes encryption for a change. */
async function expectNoDrift(stack: Stack, cloud: Cloud, args: string[], log: string): Promise<number> {
  const code = await stack.run(args.filter((arg) => arg !== EXPECTATION));
  const events = readEvents(log);
  if (code !== 0 || refreshChanges(events).length === 0) return code;
  if (differencesIn(events, await changedVariables(stack, cloud)).length === 0) {
    say(
      "breakwater: no changes: only what the cloud decides differs, such as the encrypted form of secret variables",
    );
    return 0;
  }
  say("error: no changes were expected for refresh but changes were proposed");
  return CHANGES;
}

/** Adds what the engine cannot know to a command that did not end well. */
function explain(stack: string, events: Event[]): void {
  const parts = refusedParts(events).join(", ");
  if (!parts) return;
  say(
    "breakwater: refused, since data would be lost. To allow it: undo the change, " +
      `add breakwater:allowReplace: [${parts}] to Pulumi.${stack}.yaml, run up, make the change again, run up, and take the line out`,
  );
}

/** For a real stack nothing is settled by itself. */
const afterInterruption = (stack: string) =>
  "breakwater: if a command on this stack was interrupted, nothing is done by itself. To look: " +
  `pulumi cancel --stack ${stack} (only when nobody is at work), then pulumi preview --stack ${stack} --import-file found.json; ` +
  "docs/interrupted.md says how to go on";

/**
 * Stateful resources are protected in every stack, so that the engine refuses to replace or delete one that the settings do not
 * name. What lives on this machine is there to be thrown away: destroying a whole stack may ignore the protection.
 */
function additions(stack: string, command: string, args: string[]): string[] {
  const destroys = command === "destroy" || command === "down";
  return isLocal(stack) && destroys && !args.some((arg) => arg.startsWith("--ignore-protect"))
    ? ["--ignore-protect"]
    : [];
}
