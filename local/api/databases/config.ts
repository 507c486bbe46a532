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

/** What the platform shows of settings that nobody set (the same API description). */
const DEFAULTS: Record<string, Record<string, unknown>> = {
  mysql: { log_output: "NONE" },
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

/** A caching cluster's eviction policy; it is one with the configuration's. */
export const evictionPolicy = (cluster: Cluster): unknown =>
  cluster.config.valkey_maxmemory_policy ?? "noeviction";
