import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { tagFormat } from "./tag-format.ts";

const droplet = (...tags: unknown[]) => [resource(types.droplet, { tags })];

cases(tagFormat, {
  good: {
    "plain ones": droplet("api", "product-prod", "role:cache"),
    "a tag": [resource(types.tag, { name: "api" })],
    "one that the stack makes": [
      resource(
        types.droplet,
        { tags: [unknown] },
        { refers: { tags: [resource(types.tag, {}, { name: "tag" })] } },
      ),
      resource(types.tag, { name: "api" }, { name: "tag" }),
    ],
    none: [resource(types.droplet)],
  },
  bad: {
    capitals: [droplet("api", "Prod"), "tags[1]", /another tag.*lower case/],
    "a blank": [[resource(types.tag, { name: "my tag" })], "name", /another tag/],
  },
  unknown: { "a tag": [droplet(unknown, "api"), "tags[0]"] },
});
