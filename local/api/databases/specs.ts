import type { Call } from "../../call.ts";
import type { DailyTime } from "../../dataplane/backup-schedule.ts";
import type { PoolSpec, UserSpec } from "../../dataplane/engine.ts";
import type { Wish } from "../../dataplane/slot.ts";
import { backupTimeOf } from "./backups.ts";
import { isCache, type SavedCluster } from "./cluster.ts";
import { clusters } from "./clusters.ts";
import { dbs } from "./dbs.ts";
import { pools } from "./pools.ts";
import { replicas } from "./replicas.ts";
import { users } from "./users.ts";

/** Every server that there is to be, clusters before their replicas. */
export function wishes(call: Call): Wish[] {
  return clusters.all(call).flatMap((cluster) => {
    const { engine, version, config } = cluster;
    const shared = {
      engine,
      version,
      config,
      users: usersOf(call, cluster),
      databases: dbsOf(call, cluster),
    };
    const own: Wish = {
      ...shared,
      id: cluster.id,
      name: cluster.name,
      nodes: cluster.num_nodes,
      memoryMib: memoryOf(cluster.size),
      place: cluster.place,
      pools: poolsOf(call, cluster),
      backupTime: dailyTime(cluster),
      ...(cluster.origin && { source: cluster.origin }),
    };
    const followers = replicas.all(call, cluster.id).map(
      (replica): Wish => ({
        ...shared,
        id: replica.id,
        name: replica.name,
        nodes: 1,
        memoryMib: memoryOf(replica.size),
        place: replica.place,
        pools: [],
        source: { kind: "replica", cluster: cluster.id },
      }),
    );
    return [own, ...followers];
  });
}

/** Whether a cluster's server was ever up. A replica's data may be copied again at any time. */
export const isMade = (call: Call, id: string): boolean =>
  clusters.all(call).some((cluster) => cluster.id === id && cluster.isMade === true);

export function made(call: Call, id: string): void {
  const cluster = clusters.all(call).find((each) => each.id === id);
  if (cluster) call.store.transaction(() => call.store.update({ ...cluster, isMade: true }));
}

function dailyTime(cluster: SavedCluster): DailyTime | undefined {
  return isCache(cluster) ? undefined : backupTimeOf(cluster);
}

function usersOf(call: Call, cluster: SavedCluster): UserSpec[] {
  const all = users.all(call, cluster.id);
  const inOrder = [
    ...all.filter(({ role }) => role === "primary"),
    ...all.filter(({ role }) => role !== "primary"),
  ];
  return inOrder.map(({ name, password, settings }) => ({ name, password, settings }));
}

const dbsOf = (call: Call, cluster: SavedCluster): string[] =>
  dbs.all(call, cluster.id).map(({ name }) => name);

const poolsOf = (call: Call, cluster: SavedCluster): PoolSpec[] =>
  pools
    .all(call, cluster.id)
    .map(({ name, db: database, user, mode, size }) => ({ name, database, user, mode, size }));

/** MiB, from the slug of a plan. */
const memoryOf = (size: string): number => Number(/-(\d+)gb/.exec(size)?.[1] ?? 1) * 1024;
