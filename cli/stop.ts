import { rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { endServers, removeServers } from "../local/leftovers.ts";
import { options } from "./arguments.ts";
import { stopCloud } from "./cloud.ts";
import { UserError } from "./errors.ts";
import { holding } from "./lock.ts";
import { home, startLock } from "./places.ts";
import { say } from "./progress.ts";
import { atWork } from "./state.ts";

/** What `--reset` wipes: everything that this project writes into the state folder, and nothing else. */
const ours = ["cloud", "pulumi", "pulumi-home", "local.unfinished", basename(startLock)];

/** `npm stop [-- --reset]`: stops the local cloud; its state stays unless `--reset` wipes it. */
export async function run(args: string[]): Promise<number> {
  const { reset } = options("stop", args, { reset: { type: "boolean", default: false } });
  if (!reset || !isFolder(home)) {
    await stop();
    return 0;
  }
  if (atWork("local")) refuse();
  await holding(startLock, wipe, refuse);
  return 0;
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

async function stop(): Promise<void> {
  const stopped = await stopCloud();
  await endServers(home); // those of a cloud that was killed
  say(stopped ? "The local cloud has stopped." : "The local cloud was not running.");
}

/** A command at work would write the state anew, of a cloud that is gone. */
function refuse(): never {
  throw new UserError(
    "a command is at work on stack local: wait for its end, or end it with Ctrl-C, before you wipe the state",
  );
}

async function wipe(): Promise<void> {
  await stop();
  await removeServers(home);
  for (const name of ours) rmSync(join(home, name), { recursive: true, force: true });
  say("Its state, and the state of the stacks on it, is wiped.");
}
