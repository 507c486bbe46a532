import { homeOf } from "../home.ts";
import { endLeftovers } from "./process.ts";
import { dataFolderOf, removeDataFolder } from "./programs.ts";

/** Ends what a cloud that was killed left running in a state folder. A cloud that starts there does the same. */
export async function endServers(root: string): Promise<void> {
  const { folder } = homeOf(root);
  await Promise.all([endLeftovers(dataFolderOf(folder), "SIGINT"), endLeftovers(folder, "SIGINT")]);
}

/** The same, and deletes the data of the servers, which may lie outside the state folder. */
export async function removeServers(root: string): Promise<void> {
  await endServers(root);
  removeDataFolder(homeOf(root).folder);
}
