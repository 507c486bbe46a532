import { docs } from "../../docs.ts";
import { machineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { namesVpc } from "./vpc.ts";

export const dropletPrivateNetwork: ResourceRule = {
  name: "droplet-private-network",
  description: "A droplet, or the template of a pool, names the VPC that it runs in.",
  group: "private networking",
  severity: "high",
  level: "mandatory",
  references: ["droplet-in-vpc"],
  url: docs.vpc,
  fix: "set `vpcUuid` to the id of your VPC",
  limits: ["vpcs"],
  types: [types.droplet, types.dropletAutoscale],
  check: (machine, report, { limits }) => namesVpc(machineOf(machine).get("vpcUuid"), report, limits),
};
