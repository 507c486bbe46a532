import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { giveToServers } from "../programs.ts";
import { type Archive, RestoreError } from "./archive.ts";
import type { Backups, PostgresBackup } from "./backups.ts";
import { fileOf } from "./configuration.ts";
import { blocksOf, writeDigested } from "./files.ts";
import { damaged, type ListedFile, MANIFEST, readManifest } from "./manifest.ts";
import { parseLsn } from "./wal.ts";

/** What a restore starts from, and how far it goes. */
export interface Plan {
  readonly backup: PostgresBackup;
  /** The folder of its data. */
  readonly data: string;
  readonly archive: Archive;
  /** Milliseconds since the epoch; without it, the state at the backup's own end. */
  readonly at?: number | undefined;
}

const utc = (time: number) => new Date(time).toISOString();

/**
 * The backup to start from. A time before its end would silently give a later state, since a base backup is only whole at
 * its end: then an older one is taken.
 * @throws RestoreError when no backup is old enough, or there is none of that id
 */
export function chooseBackup(
  backups: readonly PostgresBackup[],
  id: string,
  at: number | undefined,
): PostgresBackup {
  const named = backups.find((backup) => backup.id === id);
  if (at === undefined) {
    if (!named) throw new RestoreError(`there is no backup ${id}: choose one that is listed`);
    return named;
  }
  if (named && named.endedAt <= at) return named;
  const older = backups.findLast((backup) => backup.endedAt <= at);
  if (older) return older;
  const [oldest] = backups;
  throw new RestoreError(
    oldest
      ? `${utc(at)} is before the end of the oldest backup: the first time that can be restored is ${utc(oldest.endedAt)}`
      : "there is no backup to restore from",
  );
}

export const planFor = (
  backups: Backups,
  archive: (version: string) => Archive,
  id: string,
  at?: number,
): Plan => {
  const backup = chooseBackup(backups.list(), id, at);
  return { backup, data: backups.dataOf(backup), archive: archive(backup.version), at };
};

/**
 * Copies a backup into an empty folder, checking each file against the manifest on the way, while the log that the recovery
 * will read is checked as well.
 * @throws RestoreError that names what is missing or damaged
 */
export async function copyBackup({ backup, data, archive, at }: Plan, target: string): Promise<void> {
  const files = readManifest(readFileSync(join(data, MANIFEST)));
  const until = at ?? backup.endedAt;
  const log = archive.check(parseLsn(backup.startLsn), BigInt(backup.segmentBytes), until);
  await Promise.all([log, copyFiles(files, data, target)]);
}

async function copyFiles(files: readonly ListedFile[], from: string, to: string): Promise<void> {
  for (const folder of foldersIn(from)) {
    mkdirSync(join(to, folder), { recursive: true, mode: 0o700 });
    giveToServers(join(to, folder));
  }
  for (const { path, digest } of files) {
    if (!existsSync(join(from, path))) throw damaged(path);
    if ((await writeDigested(join(to, path), blocksOf(join(from, path)))) !== digest) throw damaged(path);
    giveToServers(join(to, path));
  }
}

function foldersIn(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** Makes the server on these data recover to the plan's end, and then be one of its own. */
export function prepareRecovery({ archive, at }: Plan, data: string): void {
  const settings = {
    restore_command: archive.restoreCommand,
    recovery_target_timeline: "latest",
    recovery_target_action: "promote",
    // Takes nobody before it is there; a server that lets readers in would also mind settings of its source.
    hot_standby: "off",
    ...(at === undefined
      ? { recovery_target: "immediate" }
      : { recovery_target_time: utc(at).replace("Z", "+00"), recovery_target_inclusive: "on" }),
  };
  put(join(data, "recovery.signal"), "");
  put(join(data, "postgresql.auto.conf"), fileOf(settings));
}

/** Once it is recovered: nothing of it is to be left for the next start. */
export const endRecovery = (data: string): void => put(join(data, "postgresql.auto.conf"), "");

function put(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  giveToServers(path);
}

/** PostgreSQL's own words for "there is no such state", in ours. */
export function recoveryError(reason: string, log: string, at: number | undefined): Error {
  if (!reason.includes("recovery ended before configured recovery target was reached"))
    return new RestoreError(`the recovery failed: ${reason}`);
  const last = [...log.matchAll(/last completed transaction was at log time (\S+ \S+)/g)].at(-1)?.[1];
  const until = last ? `: the last time that can be restored is ${last.replace(" ", "T")}Z` : "";
  return new RestoreError(
    `${at === undefined ? "the backup's end" : utc(at)} is after the end of the archived log${until}`,
  );
}
