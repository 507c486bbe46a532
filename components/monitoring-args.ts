import type * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./base.ts";

/** From when it is trouble. Means over five minutes, unless they say otherwise. */
export interface Thresholds {
  /** Percent of CPU, of droplets and database nodes, over ten minutes. @default 80 */
  cpuPercent?: number;
  /** Percent of memory, of droplets and database nodes, over ten minutes. @default 85 */
  memoryPercent?: number;
  /** Percent of disk. A full disk stops PostgreSQL, and MongoDB stops writing at 97. @default 75 */
  diskPercent?: number;
  /** Percent by which the rate of 5xx answers of the load balancer rises. @default 50 */
  errorPercent?: number;
  /** 5xx answers a second by which their number rises. @default 5 */
  errorCount?: number;
  /** Milliseconds within which 95 of 100 answers of the load balancer come. @default 2000 */
  responseMs?: number;
  /** Milliseconds of an uptime check. @default 1500 */
  latencyMs?: number;
  /** Days that a certificate has left. Let's Encrypt's are renewed with 30 days left. @default 14 */
  certificateDays?: number;
}

export interface MonitoringArgs {
  /** Addresses of team members; others are refused. @default the account's own, when there is no Slack either */
  emails?: string[];
  /** A Slack channel and its webhook, which is a secret. @default none */
  slack?: { channel: string; url: pulumi.Input<string> };
  /** Prefix of descriptions, which alerts are told apart by. @default the component's logical name */
  prefix?: string;
  /** Id of the load balancer. @default none is watched */
  loadBalancerId?: pulumi.Input<string>;
  /** Tag of the droplets. @default none are watched */
  dropletTag?: pulumi.Input<string>;
  /** Database clusters by name: id, and virtual CPUs of a node, which is the load it can carry. @default none are watched */
  databases?: Record<string, { clusterId: pulumi.Input<string>; vcpus: number }>;
  /** `https://` addresses by name, asked for from outside. @default none are watched */
  uptime?: Record<string, pulumi.Input<string>>;
  /** @default see {@link Thresholds} */
  thresholds?: Thresholds;
  /** Changes the wrapped resources. @default unchanged */
  transform?: {
    alert?: Transform<digitalocean.MonitorAlertArgs>;
    check?: Transform<digitalocean.UptimeCheckArgs>;
    uptimeAlert?: Transform<digitalocean.UptimeAlertArgs>;
  };
}
