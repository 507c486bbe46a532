import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { namesVpc } from "./vpc.ts";

/** A cluster without a network of its own choice lands in the region's default VPC, beside whatever else was ever put there. */
export const databaseClusterPrivateNetwork: ResourceRule = {
  name: "database-cluster-private-network",
  description: "A database cluster or replica is placed in a VPC that was chosen for it.",
  group: "private networking",
  severity: "high",
  level: "mandatory",
  references: ["db-in-private-network"],
  url: docs.vpc,
  fix: "set `privateNetworkUuid` to the id of your VPC",
  limits: ["vpcs"],
  types: [types.databaseCluster, types.databaseReplica],
  check: (database, report, { limits }) => namesVpc(database.get("privateNetworkUuid"), report, limits),
};
