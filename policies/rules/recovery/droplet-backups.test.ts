import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletBackups } from "./droplet-backups.ts";

const droplet = (inputs: object) => [resource(types.droplet, { image: "ubuntu-24-04-x64", ...inputs })];

cases(dropletBackups, {
  good: {
    "one that is backed up": droplet({ backups: true }),
    "one that holds nothing": droplet({ tags: ["api", "stateless"], backups: unknown }),
  },
  bad: {
    "one that is not": [droplet({ backups: false }), "backups", /nothing brings back.*backups: true/],
    "the default": [droplet({}), "backups", /nothing brings back/],
  },
  unknown: { "the switch": [droplet({ backups: unknown }), "backups"] },
});
