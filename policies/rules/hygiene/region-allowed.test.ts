import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { regionAllowed } from "./region-allowed.ts";

const vpc = (region: unknown) => [resource(types.vpc, { region })];
const app = (region: unknown) => [resource(types.app, { spec: { region } })];

cases(regionAllowed, {
  settings: { limits: { regions: ["fra1", "ams3"] } },
  good: {
    "a listed one": vpc("fra1"),
    "an app's name for it": app("fra"),
    "what has none": [resource(types.tag, { name: "a" })],
    "what is not DigitalOcean's": [resource("aws:s3/bucket:Bucket", { region: "us-east-1" })],
  },
  bad: {
    another: [vpc("nyc1"), "region", /"nyc1" is not among fra1, ams3.*limits\.regions/],
    "an app elsewhere": [app("nyc"), "spec.region", /"nyc"/],
    "a pool elsewhere": [
      [
        resource("digitalocean:index/dropletAutoscale:DropletAutoscale", {
          dropletTemplate: { region: "nyc1" },
        }),
      ],
      "dropletTemplate.region",
      /"nyc1"/,
    ],
  },
  unknown: { "the region": [vpc(unknown), "region"] },
});
cases(regionAllowed, { good: { "any where none are listed": vpc("nyc1") }, bad: {} });
