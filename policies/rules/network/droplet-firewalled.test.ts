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
const tag = resource(types.tag, { name: "api" }, { name: "tag" });
const tagged = (type: string, inputs: object, input: string) =>
  resource(type, { ...inputs }, { name: type.split(":").at(-1), refers: { [input]: [tag] } });
const byMadeTag = tagged(types.firewall, { tags: [unknown] }, "tags");
const withMadeTag = tagged(types.droplet, { tags: [unknown] }, "tags");
const poolWithMadeTag = tagged(
  types.dropletAutoscale,
  { dropletTemplate: { tags: [unknown] } },
  "dropletTemplate",
);

cases(dropletFirewalled, {
  good: {
    "one by a tag that the stack makes": [withMadeTag, byMadeTag, tag],
    "a pool by a tag that the stack makes": [poolWithMadeTag, byMadeTag, tag],
    "one whose tag the stack makes, by that tag's name": [withMadeTag, byTag, tag],
    "one by its tag": [droplet, byTag],
    "one by its id": [droplet, byId],
    "a pool by its tag": [pool, byTag],
    "no droplets": [byTag],
  },
  bad: {
    "one without a firewall": [[droplet], "", /no firewall is for it.*dropletIds/],
    "one that has no tags": [[resource(types.droplet), byTag], "", /no firewall/],
    "a pool that only ids could find": [[pool, byId], "", /no firewall/],
    "one whose tag the stack makes for no firewall": [
      [withMadeTag, resource(types.firewall, { tags: ["db"] }, { name: "fw" }), tag],
      "",
      /no firewall/,
    ],
    "one that a firewall of a tag of its own is not for": [[droplet, byMadeTag, tag], "", /no firewall/],
  },
  unknown: {
    "its tags": [[resource(types.droplet, { tags: unknown }), byTag], "tags"],
    "the firewall's tags": [
      [droplet, resource(types.firewall, { tags: [unknown] }, { name: "fw" })],
      "tags[0]",
    ],
  },
});
