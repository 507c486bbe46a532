import type { Rule } from "../rule.ts";
import { databaseClusterFirewalled } from "./network/database-cluster-firewalled.ts";
import { databaseClusterPrivateNetwork } from "./network/database-cluster-private-network.ts";
import { databaseFirewallNarrow } from "./network/database-firewall-narrow.ts";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
  databaseClusterFirewalled,
  databaseClusterPrivateNetwork,
  databaseFirewallNarrow,
];
