import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { systemCode } from "../errors.ts";
import type { Identity } from "./process.ts";

/**
 * Where programs and data of servers lie. PostgreSQL refuses to run as root, so root's servers run as nobody, who can't
 * go below root's home or any folder that is closed to others: then both lie in the system's own places.
 */

/** Whom servers run as: nobody when the cloud runs as root, else the cloud's own user. */
export const serverIdentity: Identity | undefined =
  process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** The folder of a program that is the same for every checkout, such as `programFolder("postgres", "17.10.0")`. Nobody has made it yet. */
export function programFolder(name: string, version: string): string {
  const usual = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const root = serverIdentity && !isOpen(usual) ? "/var/cache" : usual;
  return join(root, CACHE, name, version);
}

/** Makes the folder of a program. Servers may enter and read it, whoever made the cache above it. */
export function makeProgramFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (!serverIdentity) return;
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    chmodSync(path, statSync(path).mode | 0o055);
    if (basename(path) === CACHE) return;
  }
}

/**
 * Makes the folder of all servers' data below the cloud's own folder. For root it is a link to one that nobody can
 * reach; that one is found again by the link, or by the name of the cloud's folder when the link is lost.
 */
export function makeDataFolder(cloudFolder: string): string {
  const folder = join(cloudFolder, SERVERS);
  if (!serverIdentity) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }
  const known = linked(folder);
  if (known !== undefined) {
    mkdirSync(known, { recursive: true, mode: 0o711 });
    return known;
  }
  const mark = createHash("sha256").update(realpathSync(cloudFolder)).digest("hex").slice(0, 16);
  const target = join(SYSTEM_DATA, mark);
  mkdirSync(target, { recursive: true, mode: 0o711 });
  symlinkSync(target, folder);
  return target;
}

/** Deletes the data of all servers below the cloud's own folder. None may be running. */
export function removeDataFolder(cloudFolder: string): void {
  const folder = join(cloudFolder, SERVERS);
  const target = linked(folder);
  if (target?.startsWith(`${SYSTEM_DATA}/`)) rmSync(target, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** Where the data lie, if there are any. */
export const dataFolderOf = (cloudFolder: string): string =>
  linked(join(cloudFolder, SERVERS)) ?? join(cloudFolder, SERVERS);

/** Makes a folder that only servers, and the cloud, can enter. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  giveToServers(folder);
}

/** Hands a file or folder to the user that servers run as. */
export function giveToServers(path: string): void {
  if (serverIdentity) chownSync(path, serverIdentity.uid, serverIdentity.gid);
}

/** The same folder in which the commands keep the engine. */
const CACHE = "breakwater";
const SERVERS = "servers";
const SYSTEM_DATA = "/var/lib/breakwater";

function linked(folder: string): string | undefined {
  try {
    return readlinkSync(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "EINVAL") return undefined;
    throw error;
  }
}

/** Whether everyone may go through a folder and all above it; what is not there yet is made so. */
function isOpen(folder: string): boolean {
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0o001;
  return (mode & 0o001) !== 0 && (folder === dirname(folder) || isOpen(dirname(folder)));
}
