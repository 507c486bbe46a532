/** The settings of a MongoDB cluster (terraform-provider-digitalocean: resource_database_mongodb_config). */
import { between, integer, oneOf, string } from "../../provider/schema.ts";
import { chosen, databaseConfig, integers, strings } from "../database-config.ts";

export default databaseConfig("MongoDB", {
  ...strings("defaultWriteConcern"),
  ...integers("slowOpThresholdMs", "verbosity"),
  defaultReadConcern: string({
    ...chosen,
    check: (value) => oneOf("local", "available", "majority")(String(value).toLowerCase()),
    same: (old, now) => String(old).toLowerCase() === String(now).toLowerCase(),
  }),
  transactionLifetimeLimitSeconds: integer({ ...chosen, check: between(1, Number.MAX_SAFE_INTEGER) }),
});
