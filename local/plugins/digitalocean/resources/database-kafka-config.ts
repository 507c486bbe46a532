/** The settings of a Kafka cluster (terraform-provider-digitalocean: resource_database_kafka_config). */
import { booleans, databaseConfig, integers, longs } from "../database-config.ts";

export default databaseConfig("Kafka", {
  ...integers(
    "groupInitialRebalanceDelayMs",
    "groupMaxSessionTimeoutMs",
    "groupMinSessionTimeoutMs",
    "logCleanerDeleteRetentionMs",
    "logIndexIntervalBytes",
    "logRetentionHours",
    "logSegmentDeleteDelayMs",
    "messageMaxBytes",
  ),
  ...longs(
    "logCleanerMinCompactionLagMs",
    "logFlushIntervalMs",
    "logMessageTimestampDifferenceMaxMs",
    "logRetentionBytes",
    "logRetentionMs",
    "logRollJitterMs",
  ),
  ...booleans("autoCreateTopicsEnable", "logMessageDownconversionEnable", "logPreallocate"),
});
