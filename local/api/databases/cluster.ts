import type { StoredTime, Transition } from "../../call.ts";
import type { Place } from "../../dataplane/dataplane.ts";
import type { Source } from "../../dataplane/engine.ts";
import type { Saved } from "../../store.ts";

/** A database cluster as the store has it; tags and project are relations. */
export interface Cluster {
  engine: string;
  version: string;
  num_nodes: number;
  size: string;
  region: string;
  private_network_uuid: string;
  storage_size_mib: number;
  /** The administrator's password. */
  password: string;
  place: Place;
  change?: Transition;
  /** What a fork's data come from, where it is served. */
  origin?: Source;
  /** Whether its server was ever up: from then on it has data. */
  isMade?: boolean;
  /** From when on there is a first backup. */
  firstBackup: StoredTime;
  maintenance: { day: string; hour: string };
  autoscale?: StorageAutoscale;
  /** What was set of the engine's configuration; the rest has the engine's defaults. */
  config: Record<string, unknown>;
  /** The trusted sources. While there are none, everyone may connect. */
  rules: Rule[];
  service_cnames: string[];
  migration?: Migration;
}

export interface StorageAutoscale {
  enabled: boolean;
  threshold_percent?: number | undefined;
  increment_gib?: number | undefined;
}

export interface Rule {
  uuid: string;
  type: "droplet" | "k8s" | "ip_addr" | "tag" | "app";
  value: string;
  description?: string | undefined;
  /** Milliseconds since the epoch. */
  created: number;
}

export interface Migration {
  id: string;
  /** Milliseconds since the epoch. */
  created: number;
  change?: Transition;
}

export interface User {
  role: "primary" | "normal";
  /** Absent where the platform has none to show (Kafka signs its users in with certificates too). */
  password: string;
  access_cert?: string;
  access_key?: string;
  mysql_settings?: { auth_plugin: string };
  settings?: Record<string, unknown>;
}

export const isMongo = (cluster: Cluster): boolean => cluster.engine === "mongodb";
export const isCache = (cluster: Cluster): boolean =>
  cluster.engine === "valkey" || cluster.engine === "redis";
export const isPostgres = (cluster: Cluster): boolean =>
  cluster.engine === "pg" || cluster.engine === "advanced_pg";
export const isMysql = (cluster: Cluster): boolean =>
  cluster.engine === "mysql" || cluster.engine === "advanced_mysql";

export type SavedCluster = Saved<Cluster>;

/** What runs under an address of its own and has trusted sources of its own: a cluster or a read-only replica. */
export type Server = Pick<Cluster, "place" | "rules">;
