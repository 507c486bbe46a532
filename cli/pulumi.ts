import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud } from "./cloud.ts";
import { CHANGES, type Event, onlyEncryptedForms, readEvents, refusedParts } from "./events.ts";
import { say } from "./progress.ts";
import { isLocal, openStack, stackOf } from "./stack.ts";
import { checkpoint } from "./state.ts";

/** Commands of Pulumi that talk to the cloud that a stack describes. */
const reachesTheCloud = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "down", "import"]);

/** `npm run pulumi -- ARGS`: Pulumi's command with the right environment for the stack that ARGS name. */
export async function run(args: string[]): Promise<number> {
  const name = stackOf(args);
  const command = args[0] ?? "";
  if (isLocal(name)) {
    checkpoint(name); // a damaged one is reported in one line
    if (reachesTheCloud.has(command)) await startCloud();
  }
  const stack = await openStack(name);
  if (!reachesTheCloud.has(command)) return stack.run(args);

  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  try {
    const log = join(folder, "events");
    const code = await stack.run([...args, ...additions(name, command, args), "--event-log", log]);
    return code === 0 ? 0 : explain(code, name, args, readEvents(log));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds what the engine cannot know to a command that did not end well. Gives the exit code. */
function explain(code: number, stack: string, args: string[], events: Event[]): number {
  const refused = refusedParts(events).join(", ");
  if (refused)
    say(
      `breakwater: refused, since data would be lost: ${refused}. To allow it once, add to Pulumi.${stack}.yaml, under config: ` +
        `breakwater:allowReplace: [${refused}] and take it out again after the update`,
    );
  if (
    code === CHANGES &&
    args[0] === "refresh" &&
    args.includes("--preview-only") &&
    onlyEncryptedForms(events)
  ) {
    say("breakwater: only the encrypted form of secret variables differs, which is no change");
    return 0;
  }
  return code;
}

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
