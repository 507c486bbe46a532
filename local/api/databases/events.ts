import { randomBytes } from "node:crypto";
import { type Call, timestamp } from "../../call.ts";
import type { SavedCluster } from "./cluster.ts";

const EVENT = "database event";

type EventType =
  | "cluster_create"
  | "cluster_update"
  | "cluster_master_promotion"
  | "cluster_maintenance_perform";

/** Notes what happened to a cluster in its events. */
export function record(call: Call<unknown>, cluster: Pick<SavedCluster, "id">, type: EventType): void {
  const id = randomBytes(5).toString("hex");
  call.store.insert({ kind: EVENT, id, parent: cluster.id, name: type, createdAt: call.now });
}

export const eventsOf = (call: Call<unknown>, cluster: SavedCluster): object[] =>
  call.store.list(EVENT, cluster.id).map((event) => ({
    id: event.id,
    cluster_name: cluster.name,
    event_type: event.name,
    create_time: timestamp(event.createdAt),
  }));
