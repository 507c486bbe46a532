import { type Call, timestamp } from "../../call.ts";
import { preconditionFailed, unprocessable } from "../../errors.ts";
import { type Cluster, isCache, type SavedCluster } from "./cluster.ts";

const DAY = 24 * 3600 * 1000;
/** The platform keeps a week of daily backups (https://docs.digitalocean.com/products/databases/postgresql/how-to/restore-from-backups/). */
const KEPT = 7;

/** The times of a cluster's backups, oldest first: the first soon after it is online, then one a day. */
function backupTimes(call: Call<unknown>, cluster: Cluster): number[] {
  const { firstBackup: first } = cluster;
  if (isCache(cluster) || first === null || call.now < first) return [];
  const count = Math.floor((call.now - first) / DAY) + 1;
  return Array.from({ length: count }, (_, number) => first + number * DAY).slice(-KEPT);
}

/** GET …/backups; the platform answers 412 until the first backup exists. */
export function backupsOf(call: Call<unknown>, cluster: SavedCluster): object {
  if (isCache(cluster)) throw preconditionFailed("backups are not supported for this engine");
  const times = requireBackup(call, cluster);
  const first = new Date(times[0] ?? call.now);
  return {
    backups: times.map((time, number) => ({
      created_at: timestamp(time),
      size_gigabytes: 0.03,
      incremental: number > 0,
    })),
    scheduled_backup_time: {
      backup_hour: cluster.config.backup_hour ?? first.getUTCHours(),
      backup_minute: cluster.config.backup_minute ?? first.getUTCMinutes(),
      backup_interval_hours: 24,
    },
  };
}

/** Refuses what needs a backup while there is none, as replicas and restores do. */
export function requireBackup(call: Call<unknown>, cluster: Cluster): number[] {
  const times = backupTimes(call, cluster);
  if (times.length === 0) throw preconditionFailed("cluster does not have a backup yet: try again later");
  return times;
}

/** Refuses a restore to a time that is no backup's; none means the newest. */
export function restorePoint(call: Call<unknown>, cluster: Cluster, createdAt: string | undefined): void {
  const times = requireBackup(call, cluster);
  if (createdAt === undefined) return;
  const wanted = Date.parse(createdAt);
  if (!times.some((time) => timestamp(time) === timestamp(Number.isNaN(wanted) ? 0 : wanted)))
    throw unprocessable("backup_restore: there is no backup of this time");
}
