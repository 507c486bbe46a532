import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { tagFormat } from "./tag-format.ts";

const droplet = (...tags: unknown[]) => [resource(types.droplet, { tags })];

cases(tagFormat, {
  good: {
    "plain ones": droplet("api", "product-prod", "role:cache"),
    "a tag": [resource(types.tag, { name: "api" })],
    none: [resource(types.droplet)],
  },
  bad: {
    capitals: [droplet("api", "Prod"), "tags[1]", /another tag.*lower case/],
    "a blank": [[resource(types.tag, { name: "my tag" })], "name", /another tag/],
  },
  unknown: { "a tag": [droplet(unknown, "api"), "tags[0]"] },
});
