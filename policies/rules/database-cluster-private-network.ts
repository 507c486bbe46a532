import type { ResourceValidationPolicy } from "@pulumi/policy";
import { types } from "../resources.ts";

/**
 * A cluster without a network of its own choice lands in the region's default VPC, beside whatever else was ever put there
 * (DigitalOcean API, `private_network_uuid`).
 */
export const databaseClusterPrivateNetwork: ResourceValidationPolicy = {
  name: "database-cluster-private-network",
  description: "A database cluster is placed in a VPC that was chosen for it.",
  enforcementLevel: "mandatory",
  severity: "high",
  tags: ["private networking"],
  url: "https://docs.digitalocean.com/products/networking/vpc/",
  remediationSteps: "Set `privateNetworkUuid` of the cluster to the id of your VPC.",
  validateResource: ({ type, props }, report) => {
    if (type !== types.databaseCluster || "privateNetworkUuid" in props) return;
    report(
      "The cluster names no VPC, so it lands in the region's default one. Set `privateNetworkUuid` to your VPC's id.",
    );
  },
};
