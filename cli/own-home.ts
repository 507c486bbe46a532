import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeServers } from "../local/leftovers.ts";
import { running, stopCloud } from "./cloud.ts";
import { root } from "./places.ts";
import { attach } from "./process.ts";

/**
 * Runs a command in a process with a state folder, and so a local cloud and stacks, of its own, on ports that are free: it meets neither
 * stack `local` nor another run. Places are fixed when a process starts, hence another process. However that ends, its cloud is
 * stopped and the folder removed.
 *
 * @param keep leaves both, where there is a cloud to look at.
 */
export async function inOwnHome(command: string, args: string[], keep = false): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), `breakwater-${command}-`));
  const ports = { BREAKWATER_PORT: "0", BREAKWATER_SPACES_PORT: "0" };
  const env = { ...process.env, ...ports, BREAKWATER_HOME: home, BREAKWATER_OWN_HOME: home };
  try {
    return await attach(
      process.execPath,
      [...process.execArgv, join(root, "cli", "main.ts"), command, ...args],
      { env },
    );
  } finally {
    if (!keep || !(await running(home))) {
      await stopCloud(home); // the command does so itself unless it was killed
      await removeServers(home);
      rmSync(home, { recursive: true, force: true });
    }
  }
}
