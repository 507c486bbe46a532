import { join } from "node:path";
import { endLeftovers } from "./dataplane/process.ts";
import { dataFolderOf, removeDataFolder } from "./dataplane/programs.ts";
import { homeOf } from "./home.ts";

/** Ends what a cloud that was killed left running in a state folder. A cloud that starts there does the same. */
export async function endServers(root: string): Promise<void> {
  const { folder } = homeOf(root);
  await Promise.all([
    endLeftovers(dataFolderOf(folder), "SIGINT"),
    endLeftovers(join(folder, "apps"), "SIGINT"),
  ]);
}

/** The same, and deletes the data of the servers, which may lie outside the state folder. */
export async function removeServers(root: string): Promise<void> {
  await endServers(root);
  removeDataFolder(homeOf(root).folder);
}
