import * as z from "zod";
import { unprocessable } from "../../errors.ts";
import { parse } from "../../input.ts";
import type { Cluster } from "./cluster.ts";
import * as keys from "./config-keys.ts";

/** The body of every config PATCH; what may be in it depends on the cluster's engine. */
export const ConfigPatch = z.object({ config: z.record(z.string(), z.unknown()) });

const parameters = z.record(z.string(), z.string()).optional();

const SCHEMAS: Record<string, z.ZodType<Record<string, unknown>>> = {
  pg: z.strictObject(keys.pg).partial(),
  mysql: z.strictObject(keys.mysql).partial(),
  mongodb: z.strictObject(keys.mongodb).partial(),
  valkey: z.strictObject(keys.valkey).partial(),
  redis: z.strictObject(keys.redis).partial(),
  kafka: z.strictObject(keys.kafka).partial(),
  opensearch: z.strictObject(keys.opensearch).partial(),
  advanced_pg: z.strictObject({ pg_parameters: parameters }),
  advanced_mysql: z.strictObject({ mysql_parameters: parameters }),
};

/**
 * What the platform shows of settings that nobody set: those of the API description, else the engines' own
 * (https://www.postgresql.org/docs/17/runtime-config.html, https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html).
 * Nested groups show only once they were set.
 */
const DEFAULTS: Record<string, Record<string, unknown>> = {
  pg: {
    autovacuum_freeze_max_age: 200_000_000,
    autovacuum_max_workers: 3,
    autovacuum_naptime: 60,
    autovacuum_vacuum_threshold: 50,
    autovacuum_analyze_threshold: 50,
    autovacuum_vacuum_scale_factor: 0.2,
    autovacuum_analyze_scale_factor: 0.1,
    autovacuum_vacuum_cost_delay: 2,
    autovacuum_vacuum_cost_limit: -1,
    bgwriter_delay: 200,
    bgwriter_flush_after: 512,
    bgwriter_lru_maxpages: 100,
    bgwriter_lru_multiplier: 2,
    deadlock_timeout: 1000,
    default_toast_compression: "pglz",
    idle_in_transaction_session_timeout: 0,
    jit: true,
    log_autovacuum_min_duration: -1,
    log_error_verbosity: "DEFAULT",
    log_line_prefix: "pid=%p,user=%u,db=%d,app=%a,client=%h",
    log_min_duration_statement: -1,
    max_files_per_process: 1000,
    max_prepared_transactions: 0,
    max_pred_locks_per_transaction: 64,
    max_locks_per_transaction: 64,
    max_stack_depth: 2_097_152,
    max_standby_archive_delay: 30_000,
    max_standby_streaming_delay: 30_000,
    max_replication_slots: 10,
    max_logical_replication_workers: 4,
    max_parallel_workers: 8,
    max_parallel_workers_per_gather: 2,
    max_worker_processes: 8,
    "pg_stat_statements.track": "top",
    temp_file_limit: -1,
    timezone: "UTC",
    track_activity_query_size: 1024,
    track_commit_timestamp: "off",
    track_functions: "none",
    track_io_timing: "off",
    max_wal_senders: 20,
    wal_sender_timeout: 60_000,
    wal_writer_delay: 200,
    shared_buffers_percentage: 20,
    work_mem: 4,
    synchronous_replication: "off",
    stat_monitor_enable: false,
    max_slot_wal_keep_size: -1,
  },
  mysql: {
    connect_timeout: 10,
    default_time_zone: "SYSTEM",
    group_concat_max_len: 1024,
    information_schema_stats_expiry: 86_400,
    innodb_ft_min_token_size: 3,
    innodb_lock_wait_timeout: 50,
    innodb_log_buffer_size: 16_777_216,
    innodb_online_alter_log_max_size: 134_217_728,
    innodb_print_all_deadlocks: false,
    innodb_rollback_on_timeout: false,
    interactive_timeout: 28_800,
    internal_tmp_mem_storage_engine: "TempTable",
    net_read_timeout: 30,
    net_write_timeout: 60,
    sql_mode:
      "ANSI,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,STRICT_ALL_TABLES",
    sql_require_primary_key: true,
    wait_timeout: 28_800,
    max_allowed_packet: 67_108_864,
    max_heap_table_size: 16_777_216,
    sort_buffer_size: 262_144,
    tmp_table_size: 16_777_216,
    slow_query_log: false,
    long_query_time: 10,
    binlog_retention_period: 600,
    innodb_change_buffer_max_size: 25,
    innodb_flush_neighbors: 0,
    innodb_read_io_threads: 4,
    innodb_write_io_threads: 4,
    innodb_thread_concurrency: 0,
    net_buffer_length: 16_384,
    log_output: "NONE",
  },
  mongodb: {
    default_read_concern: "local",
    default_write_concern: "majority",
    transaction_lifetime_limit_seconds: 60,
    slow_op_threshold_ms: 100,
    verbosity: 0,
  },
  valkey: {
    valkey_maxmemory_policy: "noeviction",
    valkey_persistence: "rdb",
    valkey_ssl: true,
    valkey_timeout: 300,
    valkey_lfu_log_factor: 10,
    valkey_lfu_decay_time: 1,
    valkey_notify_keyspace_events: "",
    frequent_snapshots: true,
    valkey_active_expire_effort: 1,
  },
  kafka: { auto_create_topics_enable: false, schema_registry: false },
  opensearch: {
    http_max_content_length_bytes: 100_000_000,
    http_max_header_size_bytes: 8192,
    http_max_initial_line_length_bytes: 4096,
    indices_query_bool_max_clause_count: 1024,
    ism_enabled: true,
    ism_history_enabled: true,
    ism_history_max_age_hours: 24,
    ism_history_max_docs: 2_500_000,
    ism_history_rollover_check_period_hours: 8,
    ism_history_rollover_retention_period_days: 30,
    search_max_buckets: 10_000,
    action_auto_create_index_enabled: true,
    enable_security_audit: false,
    override_main_response_version: false,
    script_max_compilations_rate: "use-context",
    plugins_alerting_filter_by_backend_roles_enabled: false,
    knn_memory_circuit_breaker_enabled: true,
    knn_memory_circuit_breaker_limit: 50,
    keep_index_refresh_interval: false,
  },
};

/** What `patch` sets, refused when the engine has no such setting or not that value of it. */
export function checkedConfig(cluster: Cluster, patch: Record<string, unknown>): Record<string, unknown> {
  const schema = SCHEMAS[cluster.engine];
  if (!schema) throw unprocessable(`${cluster.engine} clusters have no configuration`);
  return parse(schema, patch, (message) => unprocessable(`config: ${message}`));
}

export function configView(cluster: Cluster): Record<string, unknown> {
  const set = { ...DEFAULTS[cluster.engine], ...cluster.config };
  // The advanced engines take a map of parameters and show a list.
  return Object.fromEntries(
    Object.entries(set).map(([name, value]) => [name, isParameters(name, value) ? listed(value) : value]),
  );
}

const isParameters = (name: string, value: unknown): value is Record<string, string> =>
  name.endsWith("_parameters") && typeof value === "object";

const listed = (parameters: Record<string, string>) =>
  Object.entries(parameters).map(([name, value]) => ({ name, value, requires_restart: false }));

export const EVICTION_POLICIES = [
  "noeviction",
  "allkeys_lru",
  "allkeys_random",
  "volatile_lru",
  "volatile_random",
  "volatile_ttl",
] as const;

/** A caching cluster's eviction policy: the configuration's, in the spelling of its own route. */
export const evictionPolicy = (cluster: Cluster): string =>
  String(cluster.config.valkey_maxmemory_policy ?? "noeviction").replaceAll("-", "_");
