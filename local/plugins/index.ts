/** What a command needs to put the stand-in plugins onto the engine's PATH. */
import { fileURLToPath } from "node:url";

/** The folder of executables named as the engine looks for them. */
export const binFolder = fileURLToPath(new URL("./bin", import.meta.url));

/** The executables in it. Those that are installed officially should win: leave the folder off the PATH then. */
export const executables = [
  "pulumi-language-nodejs",
  "pulumi-resource-digitalocean",
  "pulumi-resource-random",
  "pulumi-resource-command",
] as const;
