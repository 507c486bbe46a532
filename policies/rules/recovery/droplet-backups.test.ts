import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletBackups } from "./droplet-backups.ts";

const droplet = (inputs: object) => [resource(types.droplet, { image: "ubuntu-24-04-x64", ...inputs })];

/** Its tag is a resource of the program, whose id is unknown on a first preview. */
const withTag = (name: string) => {
  const tag = resource(types.tag, { name }, { name: "tag" });
  return [
    resource(types.droplet, { image: "ubuntu-24-04-x64", tags: [unknown] }, { refers: { tags: [tag] } }),
    tag,
  ];
};

cases(dropletBackups, {
  good: {
    "one that is backed up": droplet({ backups: true }),
    "one with a tag of the program's that says so": withTag("stateless"),
    "one that holds nothing": droplet({ tags: ["api", "stateless"], backups: unknown }),
  },
  bad: {
    "one that is not": [droplet({ backups: false }), "backups", /nothing brings back.*backups: true/],
    "the default": [droplet({}), "backups", /nothing brings back/],
    "one with a tag that the program makes": [withTag("api"), "backups", /nothing brings back/],
  },
  unknown: {
    "the switch": [droplet({ backups: unknown }), "backups"],
    "a tag that nothing of the stack makes": [droplet({ tags: ["api", unknown] }), "tags[1]"],
  },
});
