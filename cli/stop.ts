import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { options } from "./arguments.ts";
import { stopCloud } from "./cloud.ts";
import { home } from "./places.ts";
import { say } from "./progress.ts";

/** What `--reset` wipes: everything that this project writes into the state folder, and nothing else. */
const ours = ["cloud", "pulumi", "pulumi-home", "start.lock", "local.unfinished"];

/** `npm stop [-- --reset]`: stops the local cloud; its state stays unless `--reset` wipes it. */
export async function run(args: string[]): Promise<number> {
  const { reset } = options("stop", args, { reset: { type: "boolean", default: false } });
  const stopped = await stopCloud();
  say(stopped ? "The local cloud has stopped." : "The local cloud was not running.");
  if (!reset) return 0;
  for (const name of ours) rmSync(join(home, name), { recursive: true, force: true });
  if (existsSync(home) && readdirSync(home).length === 0) rmSync(home, { recursive: true });
  say("Its state, and the state of the stacks on it, is wiped.");
  return 0;
}
