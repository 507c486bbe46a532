import { type Call, timestamp } from "../../call.ts";
import type { DailyTime } from "../../dataplane/backup-schedule.ts";
import type { Backup, Source } from "../../dataplane/engine.ts";
import { preconditionFailed, unprocessable } from "../../errors.ts";
import { type Cluster, isCache, type SavedCluster } from "./cluster.ts";

const DAY = 24 * 3600 * 1000;
/** The platform keeps a week of daily backups (https://docs.digitalocean.com/products/databases/postgresql/how-to/restore-from-backups/). */
const KEPT = 7;
const GIB = 1024 ** 3;

interface Listed {
  /** The server's own; absent where nothing is served. */
  readonly id?: string;
  /** When it ended, milliseconds since the epoch: the earliest time that it can be restored to. */
  readonly at: number;
  readonly gib: number;
}

/** A cluster's backups, oldest first. */
function listed(call: Call<unknown>, cluster: SavedCluster): Listed[] {
  if (isCache(cluster) || cluster.firstBackup === null || call.now < cluster.firstBackup) return [];
  const made = call.dataPlane.backups(cluster.id);
  if (made) return made.map(asListed);
  return plannedTimes(call.now, cluster.firstBackup).map((at) => ({ at, gib: 0.03 }));
}

const asListed = ({ id, endedAt, bytes }: Backup): Listed => ({ id, at: endedAt, gib: bytes / GIB });

/** What a client sees of a backup: every one is whole, none builds upon another. */
const view = ({ at, gib }: Listed) => ({
  created_at: timestamp(at),
  size_gigabytes: Number(gib.toPrecision(3)),
  incremental: false,
});
export const backupView = (backup: Backup): object => view(asListed(backup));

/** Where nothing is served: the first soon after the cluster is online, then one a day. */
function plannedTimes(now: number, first: number): number[] {
  const count = Math.floor((now - first) / DAY) + 1;
  return Array.from({ length: count }, (_, number) => first + number * DAY).slice(-KEPT);
}

/** When in the day a cluster is backed up: as configured, else at the time of its first backup. */
export function backupTimeOf({ config, firstBackup }: Cluster): DailyTime {
  const first = new Date(firstBackup ?? 0);
  const set = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
  return {
    hour: set(config.backup_hour, first.getUTCHours()),
    minute: set(config.backup_minute, first.getUTCMinutes()),
  };
}

/** GET …/backups; the platform answers 412 until the first backup exists. */
export function backupsOf(call: Call<unknown>, cluster: SavedCluster): object {
  if (isCache(cluster)) throw preconditionFailed("backups are not supported for this engine");
  const { hour, minute } = backupTimeOf(cluster);
  return {
    backups: requireBackup(call, cluster).map(view),
    scheduled_backup_time: { backup_hour: hour, backup_minute: minute, backup_interval_hours: 24 },
  };
}

/** Refuses what needs a backup while there is none, as replicas and restores do. */
export function requireBackup(call: Call<unknown>, cluster: SavedCluster): Listed[] {
  const backups = listed(call, cluster);
  if (backups.length === 0) throw preconditionFailed("cluster does not have a backup yet: try again later");
  return backups;
}

/**
 * What a restore to `createdAt` is made of: a listed backup, the newest when no time is given, or, where the cloud takes
 * any time as the platform's control panel does, the last one before that time. Undefined where nothing is served.
 */
export function restorePoint(
  call: Call<unknown>,
  cluster: SavedCluster,
  createdAt: string | undefined,
): Source | undefined {
  const backups = requireBackup(call, cluster);
  const source = (backup: Listed | undefined, at?: number): Source | undefined =>
    backup?.id === undefined
      ? undefined
      : { kind: "backup", cluster: cluster.id, backup: backup.id, ...(at !== undefined && { at }) };
  if (createdAt === undefined) return source(backups.at(-1));
  const wanted = Date.parse(createdAt);
  if (Number.isNaN(wanted)) throw unprocessable("backup_restore: backup_created_at is not a time");
  // A listed time has lost its fraction of a second; one with a fraction means just that moment.
  const named = wanted % 1000 === 0 && backups.findLast(({ at }) => timestamp(at) === timestamp(wanted));
  if (named) return source(named);
  const before = backups.findLast(({ at }) => at <= wanted);
  if (!call.restoresToAnyTime || !before || wanted > call.now)
    throw unprocessable(`backup_restore: ${whyNot(call, backups)}`);
  return source(before, wanted);
}

function whyNot(call: Call<unknown>, backups: Listed[]): string {
  if (!call.restoresToAnyTime) return "there is no backup of this time";
  return `backup_created_at must be between the oldest backup's end (${timestamp(backups[0]?.at ?? call.now)}) and now`;
}
