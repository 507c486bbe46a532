/** The settings of a Valkey cluster (terraform-provider-digitalocean: resource_database_valkey_config). */
import { between, boolean, integer, lengthBetween, matches, oneOf, string } from "../../provider/schema.ts";
import { asBody } from "../api.ts";
import { chosen, databaseConfig, prefixed } from "../database-config.ts";

const count = (least: number, most: number) => integer({ ...chosen, check: between(least, most) });

const table = databaseConfig("Valkey", {
  ...prefixed("valkey_", {
    pubsubClientOutputBufferLimit: count(32, 512),
    numberOfDatabases: count(1, 128),
    ioThreads: count(1, 32),
    lfuLogFactor: count(1, 100),
    lfuDecayTime: count(1, 120),
    ssl: boolean(chosen),
    timeout: integer(chosen),
    notifyKeyspaceEvents: string({
      ...chosen,
      check: (value) =>
        lengthBetween(0, 32)(value) ??
        matches(/^[KEg$lshzxeA]*$/, "may hold K, E, g, $, l, s, h, z, x, e and A")(value),
    }),
    persistence: string({ ...chosen, check: oneOf("off", "rdb") }),
    aclChannelsDefault: string({ ...chosen, check: oneOf("allchannels", "resetchannels") }),
  }),
  valkeyMaxmemoryPolicy: string({
    ...chosen,
    check: oneOf(
      "noeviction",
      "allkeys-lru",
      "allkeys-random",
      "volatile-lru",
      "volatile-random",
      "volatile-ttl",
    ),
  }),
  // Both are in the plugin's schema alone: it sends neither.
  frequentSnapshots: boolean({ ...chosen, api: false }),
  valkeyActiveExpireEffort: integer({ ...chosen, api: false, check: between(1, 10) }),
});

/** The platform takes no settings of a cluster that isn't online. */
const whenOnline =
  (write: typeof table.create): typeof table.create =>
  async (operation, planned) => {
    const path = `/v2/databases/${String(planned.clusterId)}`;
    const { status } = asBody((await operation.client.call("GET", path, operation)).database);
    if (status !== "online")
      throw new Error(`setting Valkey configuration: the cluster is ${String(status)}, and must be online`);
    return write(operation, planned);
  };

export default { ...table, create: whenOnline(table.create) };
