import { docs } from "../../docs.ts";
import { engineOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { shown } from "../../text.ts";

/** A cache may forget what is old; a queue, or a store of sessions, must refuse rather than forget. */
const byRole: Record<string, string> = { "role:cache": "allkeys_lru", "role:queue": "noeviction" };

export const valkeyEviction: StackRule = {
  name: "valkey-eviction",
  description: "What happens when Valkey is full is chosen, and fits what it is for.",
  group: "hygiene",
  severity: "medium",
  level: "mandatory",
  references: ["database-databases-redis-evicition-policy"],
  url: docs.valkey,
  fix: "set `valkeyMaxmemoryPolicy` in a `DatabaseValkeyConfig`: `allkeys-lru` for a cache, `noeviction` for what must not be lost",
  types: [types.databaseCluster],
  checkInStack: (cluster, report, _settings, stack) => {
    const engine = engineOf(cluster);
    if (engine !== "valkey" && engine !== "redis") return;
    const configs = stack.referring(
      cluster,
      "clusterId",
      [types.databaseValkeyConfig, types.databaseRedisConfig],
      ["id"],
    );
    const chosen = [
      cluster.get("evictionPolicy"),
      ...configs.flatMap((config) => [config.get("valkeyMaxmemoryPolicy"), config.get("maxmemoryPolicy")]),
    ].find((policy) => policy.isGiven);
    if (!chosen) return report("", "nobody has chosen what it forgets when it is full");
    const role = cluster
      .get("tags")
      .texts()
      .find((tag) => byRole[tag] !== undefined);
    const wanted = role && byRole[role];
    // The API writes it with `_`, and a configuration with `-`.
    if (wanted && chosen.text()?.replaceAll("-", "_") !== wanted)
      report(
        "",
        `it is ${shown(role)} and its eviction policy is ${shown(chosen.value)}, not ${shown(wanted)}`,
      );
  },
};
