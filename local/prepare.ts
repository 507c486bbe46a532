import { mongoProgram } from "./dataplane/mongodb/program.ts";
import { postgresProgram } from "./dataplane/postgres/program.ts";
import { valkeyProgram } from "./dataplane/valkey/program.ts";

/**
 * Gets the programs of databases that clusters usually are of, where they are not in the cache yet. A cloud does so itself when it
 * needs them; a command that then waits for it can show what takes the time.
 * @param say told of what takes longer. What can't be had is none of its lines: the cloud tells it of each cluster.
 */
export async function prepareServers(say: (line: string) => void): Promise<void> {
  await Promise.allSettled([postgresProgram("17"), mongoProgram(say), valkeyProgram("8", say)]);
}
