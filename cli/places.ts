import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folders and files that the commands work with. */

/** The checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that belongs to the local cloud and its stacks; `npm stop -- --reset` wipes it. */
export const home = resolve(process.env.BREAKWATER_HOME ?? join(root, ".breakwater"));

/** The state of the stacks that live on this machine (`local`, `rehearse-*`). */
export const stateFolder = join(home, "pulumi");

/** Their `PULUMI_HOME`, so that the user's own Pulumi login and plugins stay as they are. */
export const pulumiHome = join(home, "pulumi-home");

/** What is dear to make and the same for every checkout: the engine. It survives `git clean`. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "breakwater");

/** The policy pack. */
export const policyPack = join(root, "policies");
