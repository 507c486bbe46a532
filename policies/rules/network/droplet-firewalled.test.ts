import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletFirewalled } from "./droplet-firewalled.ts";

const droplet = resource(types.droplet, { tags: ["api"] }, { name: "web" });
const pool = resource(types.dropletAutoscale, { dropletTemplate: { tags: ["api"] } }, { name: "pool" });
const byTag = resource(types.firewall, { tags: ["api"] }, { name: "fw" });
const byId = resource(
  types.firewall,
  { dropletIds: [unknown] },
  { name: "fw", refers: { dropletIds: [droplet] } },
);

cases(dropletFirewalled, {
  good: {
    "one by its tag": [droplet, byTag],
    "one by its id": [droplet, byId],
    "a pool by its tag": [pool, byTag],
    "no droplets": [byTag],
  },
  bad: {
    "one without a firewall": [[droplet], "", /no firewall is for it.*dropletIds/],
    "one that has no tags": [[resource(types.droplet), byTag], "", /no firewall/],
    "a pool that only ids could find": [[pool, byId], "", /no firewall/],
  },
  unknown: { "its tags": [[resource(types.droplet, { tags: unknown }), byTag], "tags"] },
});
