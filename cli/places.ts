import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOf, UserError } from "./errors.ts";

/** The folders and files that the commands work with. */

/** The checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that belongs to the local cloud and its stacks; `npm stop -- --reset` wipes it. */
export const home = resolve(root, process.env.BREAKWATER_HOME || ".breakwater");

/** The state of the stacks that live on this machine (`local`, `rehearse-*`). */
export const stateFolder = join(home, "pulumi");

/** Held while `npm start` is at work. */
export const startLock = join(home, "npm-start.lock");

/** Their `PULUMI_HOME`, so that the user's own Pulumi login and plugins stay as they are. */
export const pulumiHome = join(home, "pulumi-home");

/** What is dear to make and the same for every checkout: the engine. It survives `git clean`. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "breakwater");

/** Whether the state folder was made for this process alone (own-home.ts). */
export const hasOwnHome = Boolean(process.env.BREAKWATER_OWN_HOME);

/** The policy pack, seen from the checkout: the engine takes the option for a list, so a path with a comma or a quote would break it. */
export const policyPack = "policies";

/** Keeps something that can be found out anew, in the cache. Where that cannot be written, it is found out again the next time. */
export function remember(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch {
    // read-only, full, or not there
  }
}

/** Makes the state folder, closed to other users. */
export const makeHome = () => make(home, "BREAKWATER_HOME");

/** Makes the cache. */
export const makeCache = () => make(cache, "XDG_CACHE_HOME");

/** @throws UserError when nothing can be written there. */
function make(folder: string, variable: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    if (codeOf(error) === "ENOSPC") throw error;
    throw new UserError(
      `${folder} cannot be made or written to: set ${variable} to a folder in which you may write`,
    );
  }
}
