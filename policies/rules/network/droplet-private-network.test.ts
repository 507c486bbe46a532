import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletPrivateNetwork } from "./droplet-private-network.ts";

const pool = (dropletTemplate: unknown) => [resource(types.dropletAutoscale, { dropletTemplate })];

cases(dropletPrivateNetwork, {
  good: {
    "a droplet in a VPC": [resource(types.droplet, { vpcUuid: unknown })],
    "a pool in a VPC": pool({ vpcUuid: "5a4981aa" }),
  },
  bad: {
    "a droplet that names none": [[resource(types.droplet)], "vpcUuid", /default one.*vpcUuid/],
    "a pool that names none": [pool({ image: "ubuntu-24-04-x64" }), "dropletTemplate.vpcUuid", /default one/],
  },
  unknown: { "a whole template": [pool(unknown), "dropletTemplate"] },
});
