import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { isStateless, STATELESS } from "./droplet-backups.ts";

/** The droplets of a pool come and go, and can't be backed up: the template has no such field. */
export const dropletPoolStateless: StackRule = {
  name: "droplet-pool-stateless",
  description: "A pool's tag says that its droplets hold nothing.",
  group: "backups and recovery",
  severity: "low",
  level: "advisory",
  url: docs.pools,
  fix: `keep data in managed services, and set the tag \`${STATELESS}\` in the template`,
  types: [types.dropletAutoscale],
  checkInStack: (pool, report, _settings, stack) => {
    if (!isStateless(pool, stack))
      report(pool.get("dropletTemplate", "tags"), "nothing says that its droplets can be lost");
  },
};
