import type * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./base.ts";
import type { Datacentre, DropletSize } from "./catalog.ts";
import type { ComputeArgs } from "./compute.ts";

/** Bounds of a pool that scales by itself. */
export interface DropletAutoscaling {
  /** Droplets at least, 1 to 500. */
  min: number;
  /** Droplets at most, above `min`. */
  max: number;
  /** CPU that it aims at, 5 to 100 percent. */
  cpuPercent: number;
  /** Memory that it aims at, 5 to 100 percent. @default not looked at */
  memoryPercent?: number;
  /** Minutes between two steps, 5 to 20. @default 10 */
  cooldownMinutes?: number;
}

export interface DropletFleetArgs extends ComputeArgs {
  /** Datacentre. A change rolls through a new pool. */
  region: Datacentre;
  /** UUID of the VPC. A change rolls through a new pool. */
  vpcId: pulumi.Input<string>;
  /** Addresses that droplets may reach on any port: their VPC's, and those of peered ones. */
  privateRanges: pulumi.Input<string>[];
  /** First part of the names of what is made beside the pool. @default the component's logical name */
  prefix?: string;
  /** `https://` address under which the load balancer serves the product. */
  url: pulumi.Input<string>;
  /** IPv4 address of the load balancer. */
  address: pulumi.Input<string>;
  /** Id of the load balancer: nobody else reaches the port. */
  loadBalancerId: pulumi.Input<string>;
  /** Tag by which load balancer and firewall find the droplets. It must exist. */
  tag: pulumi.Input<string>;
  /** More tags. @default none */
  tags?: pulumi.Input<string>[];
  /** Plan of each droplet. A change rolls through a new pool. */
  size: DropletSize;
  /** System image, an Ubuntu or Debian. A change rolls through a new pool. @default "ubuntu-24-04-x64" */
  systemImage?: string;
  /** Droplets. Two or more survive the loss of one. Excludes `autoscale`. @default 2 */
  instances?: number;
  /** Scales by CPU or memory. Excludes `instances`. @default off */
  autoscale?: DropletAutoscaling;
  /**
   * Who may log in as root: public keys, which the component registers, or fingerprints of keys that the account has.
   * DigitalOcean demands one. A change rolls through a new pool.
   */
  sshKeys: string[];
  /** Addresses and ranges from which SSH is reached. @default none */
  sshFrom?: string[];
  /** Name of the account's registry, for images from `DOCR`. @default none */
  registry?: string;
  /** TCP ports beside 80 and 443 that droplets may reach anywhere, such as a database's that is not DigitalOcean's. @default none */
  outboundPorts?: number[];
  /** `host:port` that gets the product's log over TLS (syslog). @default each droplet's journal alone */
  syslog?: string;
  /** Base URL of Spaces, where the key to the variables lies. A local cloud has its own. @default DigitalOcean's in the region */
  spacesEndpoint?: string;
  /** Project that droplets are filed under. @default the account's default project */
  projectId?: pulumi.Input<string>;
  /** Changes the wrapped resources. @default unchanged */
  transform?: {
    firewall?: Transform<digitalocean.FirewallArgs>;
    sshKey?: Transform<digitalocean.SshKeyArgs>;
    migration?: Transform<digitalocean.AppArgs>;
    pool?: Transform<digitalocean.DropletAutoscaleArgs>;
  };
}
