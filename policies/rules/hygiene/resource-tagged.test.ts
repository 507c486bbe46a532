import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { resourceTagged } from "./resource-tagged.ts";

const pool = (tags: unknown) => [resource(types.dropletAutoscale, { dropletTemplate: { tags } })];

cases(resourceTagged, {
  good: {
    "a tag": [resource(types.databaseCluster, { tags: ["product-prod"] })],
    "one that will be known": [resource(types.droplet, { tags: [unknown] })],
    "a pool's": pool(["api"]),
  },
  bad: {
    none: [[resource(types.databaseCluster)], "tags", /no tag.*add the tags/],
    "an empty list": [pool([]), "dropletTemplate.tags", /no tag/],
  },
});
cases(resourceTagged, {
  settings: { limits: { tags: ["team-web"] } },
  good: { "the tag that the settings ask for": pool(["api", "team-web"]) },
  bad: { "another tag": [pool(["api"]), "dropletTemplate.tags", /lacks team-web/] },
  unknown: { "the tags": [pool(unknown), "dropletTemplate.tags"] },
});
