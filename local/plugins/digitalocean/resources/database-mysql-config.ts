/** The settings of a MySQL cluster (terraform-provider-digitalocean: resource_database_mysql_config). */
import { oneOf, string } from "../../provider/schema.ts";
import { booleans, chosen, databaseConfig, integers, numbers, strings } from "../database-config.ts";

export default databaseConfig("MySQL", {
  ...integers(
    "backupHour",
    "backupMinute",
    "binlogRetentionPeriod",
    "connectTimeout",
    "groupConcatMaxLen",
    "informationSchemaStatsExpiry",
    "innodbFtMinTokenSize",
    "innodbLockWaitTimeout",
    "innodbLogBufferSize",
    "innodbOnlineAlterLogMaxSize",
    "interactiveTimeout",
    "maxAllowedPacket",
    "maxHeapTableSize",
    "netReadTimeout",
    "netWriteTimeout",
    "sortBufferSize",
    "tmpTableSize",
    "waitTimeout",
  ),
  ...numbers("longQueryTime"),
  ...strings("defaultTimeZone", "innodbFtServerStopwordTable", "sqlMode"),
  ...booleans("innodbPrintAllDeadlocks", "innodbRollbackOnTimeout", "slowQueryLog", "sqlRequirePrimaryKey"),
  internalTmpMemStorageEngine: string({ ...chosen, check: oneOf("TempTable", "MEMORY") }),
});
