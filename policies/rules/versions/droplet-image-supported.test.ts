import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletImageSupported } from "./droplet-image-supported.ts";

const droplet = (image: unknown) => [resource(types.droplet, { image })];

cases(dropletImageSupported, {
  today: new Date("2026-11-24"),
  good: {
    "a current release": droplet("ubuntu-24-04-x64"),
    "an application's image": droplet("docker-20-04"),
    "a custom image": droplet("155133621"),
    "a template without an image": [resource(types.dropletAutoscale, { dropletTemplate: {} })],
  },
  bad: {
    "Ubuntu 20.04": [droplet("ubuntu-20-04-x64"), "image", /ended on 2025-05-31.*newer release/],
    "Ubuntu 18.04": [droplet("ubuntu-18-04-x64"), "image", /ended on/],
    "CentOS 7": [droplet("centos-7-x64"), "image", /ended on/],
    "a pool's Debian 10": [
      [resource(types.dropletAutoscale, { dropletTemplate: { image: "debian-10-x64" } })],
      "dropletTemplate.image",
      /ended on/,
    ],
  },
  unknown: { "the image": [droplet(unknown), "image"] },
});
