import type { Archive } from "./archive.ts";
import { RestoreError } from "./archive.ts";
import type { Backups, PostgresBackup } from "./backups.ts";

/** What a restore starts from, and how far it goes. */
export interface Plan {
  readonly backup: PostgresBackup;
  /** The folder of its data. */
  readonly data: string;
  readonly archive: Archive;
  /** Milliseconds since the epoch; without it, the state at the backup's own end. */
  readonly at?: number | undefined;
}

export const utc = (time: number) => new Date(time).toISOString();

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
