import { PolicyPack } from "@pulumi/policy";
import { databaseClusterFirewalled } from "./rules/database-cluster-firewalled.ts";
import { databaseClusterPrivateNetwork } from "./rules/database-cluster-private-network.ts";
import { databaseFirewallNarrow } from "./rules/database-firewall-narrow.ts";

new PolicyPack("breakwater", {
  policies: [databaseClusterPrivateNetwork, databaseFirewallNarrow, databaseClusterFirewalled],
});
