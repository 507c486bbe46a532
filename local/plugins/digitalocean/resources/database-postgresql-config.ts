/** The settings of a PostgreSQL cluster (terraform-provider-digitalocean: resource_database_postgres_config). */
import {
  between,
  boolean,
  integer,
  number,
  object,
  oneOf,
  type Properties,
  set,
  string,
} from "../../provider/schema.ts";
import { oneInList } from "../body.ts";
import { databaseConfig } from "../database-config.ts";

const chosen = { computed: true } as const;
const integers = (...names: readonly string[]): Properties =>
  Object.fromEntries(names.map((name) => [name, integer(chosen)]));
const numbers = (...names: readonly string[]): Properties =>
  Object.fromEntries(names.map((name) => [name, number(chosen)]));
const onOrOff = string({ ...chosen, check: oneOf("off", "on") });

export default databaseConfig("PostgreSQL", {
  ...integers(
    "autovacuumAnalyzeThreshold",
    "autovacuumFreezeMaxAge",
    "autovacuumMaxWorkers",
    "autovacuumNaptime",
    "autovacuumVacuumCostDelay",
    "autovacuumVacuumCostLimit",
    "autovacuumVacuumThreshold",
    "backupHour",
    "backupMinute",
    "bgwriterDelay",
    "bgwriterFlushAfter",
    "bgwriterLruMaxpages",
    "deadlockTimeout",
    "idleInTransactionSessionTimeout",
    "logAutovacuumMinDuration",
    "logMinDurationStatement",
    "maxFilesPerProcess",
    "maxLocksPerTransaction",
    "maxLogicalReplicationWorkers",
    "maxParallelWorkers",
    "maxParallelWorkersPerGather",
    "maxPredLocksPerTransaction",
    "maxPreparedTransactions",
    "maxReplicationSlots",
    "maxStackDepth",
    "maxStandbyArchiveDelay",
    "maxStandbyStreamingDelay",
    "maxWalSenders",
    "maxWorkerProcesses",
    "tempFileLimit",
    "trackActivityQuerySize",
    "walSenderTimeout",
    "walWriterDelay",
    "workMem",
  ),
  ...numbers("autovacuumAnalyzeScaleFactor", "autovacuumVacuumScaleFactor", "bgwriterLruMultiplier"),
  defaultToastCompression: string({ ...chosen, check: oneOf("lz4", "pglz") }),
  jit: boolean(chosen),
  logErrorVerbosity: string({ ...chosen, check: oneOf("TERSE", "DEFAULT", "VERBOSE") }),
  logLinePrefix: string({
    ...chosen,
    check: oneOf(
      "pid=%p,user=%u,db=%d,app=%a,client=%h",
      "%m [%p] %q[user=%u,db=%d,app=%a]",
      "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h",
    ),
  }),
  pgPartmanBgwInterval: integer({ ...chosen, api: "pg_partman_bgw.interval" }),
  pgPartmanBgwRole: string({ ...chosen, api: "pg_partman_bgw.role" }),
  pgStatStatementsTrack: string({ ...chosen, api: "pg_stat_statements.track" }),
  sharedBuffersPercentage: number({ ...chosen, check: between(20, 60) }),
  timezone: string(chosen),
  trackCommitTimestamp: onOrOff,
  trackFunctions: string({ ...chosen, check: oneOf("all", "pl", "none") }),
  trackIoTiming: onOrOff,
  pgbouncers: oneInList(
    object({
      serverResetQueryAlways: boolean(chosen),
      ignoreStartupParameters: set(string(), chosen),
      ...integers(
        "minPoolSize",
        "serverLifetime",
        "serverIdleTimeout",
        "autodbPoolSize",
        "autodbMaxDbConnections",
        "autodbIdleTimeout",
      ),
      autodbPoolMode: string(chosen),
    }),
    { ...chosen, api: "pgbouncer" },
  ),
  timescaledbs: oneInList(object({ maxBackgroundWorkers: integer() }), { ...chosen, api: "timescaledb" }),
});
