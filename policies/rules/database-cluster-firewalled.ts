import type { StackValidationPolicy } from "@pulumi/policy";
import { refersTo, types } from "../resources.ts";

/** Without a firewall a cluster accepts everyone on its public host name: only password and TLS stand before the data. */
export const databaseClusterFirewalled: StackValidationPolicy = {
  name: "database-cluster-firewalled",
  description: "Every database cluster has a firewall.",
  enforcementLevel: "mandatory",
  severity: "critical",
  tags: ["private networking"],
  url: "https://docs.digitalocean.com/products/databases/postgresql/how-to/secure/",
  remediationSteps: "Add a `DatabaseFirewall` whose `clusterId` is the cluster's id.",
  validateStack: ({ resources }, report) => {
    const firewalls = resources.filter(({ type }) => type === types.databaseFirewall);
    for (const cluster of resources.filter(({ type }) => type === types.databaseCluster)) {
      if (firewalls.some((firewall) => refersTo(firewall, "clusterId", cluster))) continue;
      report(
        "The cluster has no firewall, so the internet reaches it. Add a `DatabaseFirewall` with its `clusterId`.",
        cluster.urn,
      );
    }
  },
};
