import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { STATELESS, tagged } from "./droplet-backups.ts";

/** The droplets of a pool come and go, and can't be backed up: the template has no such field. */
export const dropletPoolStateless: ResourceRule = {
  name: "droplet-pool-stateless",
  description: "A pool's tag says that its droplets hold nothing.",
  group: "backups and recovery",
  severity: "low",
  level: "advisory",
  url: docs.pools,
  fix: `keep data in managed services, and set the tag \`${STATELESS}\` in the template`,
  types: [types.dropletAutoscale],
  check: (pool, report) => {
    const tags = pool.get("dropletTemplate", "tags");
    if (!tagged(tags.texts(), STATELESS)) report(tags, "nothing says that its droplets can be lost");
  },
};
