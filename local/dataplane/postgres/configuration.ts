import type { ServerSpec } from "../engine.ts";

/** `postgresql.conf`: what the platform's configuration of a cluster means to a server on one shared machine. */

export type Settings = Readonly<Record<string, string>>;

/** 25 connections per GiB of the plan, three of them the platform's (API description, "Databases"). */
const CONNECTIONS_PER_GIB = 25;
export const RESERVED_CONNECTIONS = 3;
/** MiB that a server takes when nobody asked for a share of its plan's memory. */
const SHARED_BUFFERS = 32;

export function settingsOf(spec: ServerSpec): Settings {
  const { memoryMib, config } = spec;
  const share = config.shared_buffers_percentage;
  return {
    password_encryption: "scram-sha-256",
    ssl: "on",
    ssl_min_protocol_version: "TLSv1.2",
    wal_level: "logical",
    archive_mode: "on",
    archive_timeout: "60s",
    hot_standby: "on",
    // Standbys that fell behind further take the archive.
    wal_keep_size: "64MB",
    min_wal_size: "32MB",
    max_wal_size: "512MB",
    max_wal_senders: "20",
    wal_retrieve_retry_interval: "100ms",
    // A thousand files one by one take seconds.
    recovery_init_sync_method: "syncfs",
    max_connections: String(Math.max(1, memoryMib / 1024) * CONNECTIONS_PER_GIB),
    superuser_reserved_connections: String(RESERVED_CONNECTIONS),
    shared_buffers: `${typeof share === "number" ? Math.floor((memoryMib * share) / 100) : SHARED_BUFFERS}MB`,
    shared_preload_libraries: "pg_stat_statements",
    "pg_stat_statements.max": "1000",
    log_checkpoints: "off",
    log_line_prefix: "pid=%p,user=%u,db=%d,app=%a,client=%h ",
    log_timezone: "UTC",
    timezone: "UTC",
    ...configured(config),
  };
}

/** PostgreSQL's own unit is the API's unless named here. */
const UNITS: Readonly<Record<string, string>> = {
  bgwriter_flush_after: "kB",
  temp_file_limit: "kB",
  work_mem: "MB",
  max_slot_wal_keep_size: "MB",
};

/** Settings of other parts: the backup's time, the pooler, extensions and a compression (lz4) that npm's builds lack. */
const ELSEWHERE = new Set([
  "backup_hour",
  "backup_minute",
  "default_toast_compression",
  "max_failover_replication_time_lag",
  "pgbouncer",
  "shared_buffers_percentage",
  "stat_monitor_enable",
  "synchronous_replication",
  "timescaledb",
]);

function configured(config: ServerSpec["config"]): Settings {
  const entries = Object.entries(config).filter(
    ([name, value]) => !ELSEWHERE.has(name) && !name.startsWith("pg_partman_bgw.") && value != null,
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, textOf(name, value)]));
}

function textOf(name: string, value: unknown): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (name === "max_stack_depth") return `${Math.floor(Number(value) / 1024)}kB`; // the API counts bytes
  if (name === "autovacuum_naptime") return `${Math.max(1, Number(value))}s`; // PostgreSQL takes no 0
  if (name === "log_line_prefix") return `${value} `;
  const unit = UNITS[name];
  return unit && value !== -1 ? `${value}${unit}` : String(value);
}

/** The text of the file: values quoted, so that nothing in one begins another line. */
export const fileOf = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${quoted(value)}\n`)
    .join("");

export const quoted = (value: string): string => `'${value.replaceAll("'", "''").replaceAll("\n", " ")}'`;
