import type * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./base.ts";
import type { Datacentre, Weekday } from "./catalog.ts";

/** What the managed databases have in common: a cluster in a VPC, and who may connect to it. */
export interface DatabaseArgs<Size extends string = string> {
  /** Datacentre, that of the VPC. **A change migrates the cluster, in place, for hours.** */
  region: Datacentre;
  /** UUID of the VPC. **A change replaces the cluster.** */
  vpcId: pulumi.Input<string>;
  /** Addresses of the VPC in CIDR notation: whoever is inside may connect. */
  vpcIpRange: pulumi.Input<string>;
  /** Addresses of peered VPCs in CIDR notation: whoever is inside those may connect as well. @default none */
  peerIpRanges?: pulumi.Input<string>[];
  /** Name at DigitalOcean. **A change replaces the cluster.** @default the component's logical name */
  clusterName?: string;
  /** Plan of each node. A change resizes in place; disks never get smaller. */
  size: Size;
  /** The primary and its standbys. Each engine allows some numbers, and some of them need a larger plan. */
  nodeCount: number;
  /** Addresses and ranges, beside the VPCs, that may connect over the internet. Warned about. @default none */
  trustedSources?: string[];
  /** When DigitalOcean may update the nodes: lower-case day, and hour `HH:MM` in UTC; starts within four hours. */
  maintenance: { day: Weekday; hour: string };
  /** Project that the cluster is filed under. Read once: a later change is ignored, since it would replace the cluster. @default the account's default project */
  projectId?: pulumi.Input<string>;
  /** Lower-case tags. @default none */
  tags?: pulumi.Input<string>[];
}

/** Changes of the resources that every managed database wraps. */
export interface DatabaseTransforms {
  /** @default unchanged */
  cluster?: Transform<digitalocean.DatabaseClusterArgs>;
  /** @default unchanged */
  firewall?: Transform<digitalocean.DatabaseFirewallArgs>;
}
