/** The settings of a Redis cluster (terraform-provider-digitalocean: resource_database_redis_config). */
import { oneOf, string } from "../../provider/schema.ts";
import { booleans, chosen, databaseConfig, integers, prefixed, strings } from "../database-config.ts";

export default databaseConfig(
  "Redis",
  prefixed("redis_", {
    ...strings("maxmemoryPolicy", "notifyKeyspaceEvents"),
    ...integers(
      "pubsubClientOutputBufferLimit",
      "numberOfDatabases",
      "ioThreads",
      "lfuLogFactor",
      "lfuDecayTime",
      "timeout",
    ),
    ...booleans("ssl"),
    persistence: string({ ...chosen, check: oneOf("off", "rdb") }),
    aclChannelsDefault: string({ ...chosen, check: oneOf("allchannels", "resetchannels") }),
  }),
);
