import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletImageApproved } from "./droplet-image-approved.ts";

const droplet = (image: unknown) => [resource(types.droplet, { image })];

cases(dropletImageApproved, {
  settings: { limits: { images: ["155133621"] } },
  good: {
    "a distribution": droplet("ubuntu-24-04-x64"),
    "an approved image": droplet("155133621"),
    "a template without an image": [resource(types.dropletAutoscale, { dropletTemplate: {} })],
  },
  bad: {
    "another image": [droplet("99"), "image", /nobody has approved.*limits\.images/],
    "another image as a number": [droplet(99), "image", /nobody has approved/],
    "a pool's": [
      [resource(types.dropletAutoscale, { dropletTemplate: { image: "99" } })],
      "dropletTemplate.image",
      /nobody/,
    ],
  },
  unknown: { "the image": [droplet(unknown), "image"] },
});
