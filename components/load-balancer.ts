import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { Component, guarded, InvalidArguments, type Protection, type Transform } from "./base.ts";
import type { Datacentre } from "./catalog.ts";
import { loadBalancerCosts } from "./costs.ts";
import { type BalancerFirewall, loadBalancerProblems } from "./load-balancer-rules.ts";

export interface LoadBalancerArgs {
  /** Datacentre. **A change replaces the balancer: a new address.** */
  region: Datacentre;
  /** UUID of the VPC of the backends. **A change replaces the balancer: a new address.** */
  vpcId: pulumi.Input<string>;
  /** Name at DigitalOcean. @default the component's logical name */
  balancerName?: string;
  /**
   * Nodes, 1 to 100; two or more survive the loss of one. A node carries 10,000 requests and 250 TLS handshakes a
   * second. DigitalOcean allows one change an hour, and none in the first.
   * @default 2
   */
  nodes?: number;
  /** Name of the certificate, never its id: a Let's Encrypt id changes with each renewal. */
  certificateName: pulumi.Input<string>;
  /** Tag of the droplets that it sends to. The component makes the tag. */
  backendTag: string;
  /** Port on which the backends speak http. */
  port: number;
  /** Path that answers 200 when a backend can serve. */
  healthPath: string;
  /** Seconds after which an idle connection is closed, 30 to 600. @default 60 */
  idleTimeoutSeconds?: number;
  /** Who may reach it at all: `ip:` and `cidr:` entries. @default everyone */
  firewall?: BalancerFirewall;
  /** Project that it is filed under. @default the account's default project */
  projectId?: pulumi.Input<string>;
  /** How replacement and deletion are met: either brings a new address. @default protected and retained */
  protection?: Protection<"balancer">;
  /** Changes the wrapped resources. @default unchanged */
  transform?: {
    tag?: Transform<digitalocean.TagArgs>;
    balancer?: Transform<digitalocean.LoadBalancerArgs>;
  };
}

/**
 * The public's way to droplets: TLS 1.2 and 1.3 with strong ciphers (from the first create: a later change used to replace
 * the balancer, terraform-provider-digitalocean#1385), plain http redirected, http to the backends inside the VPC.
 *
 * It writes no DNS records by itself: those belong to `Domain`, and two writers make duplicates
 * (terraform-provider-digitalocean#723).
 */
export class LoadBalancer extends Component {
  readonly loadBalancerId: pulumi.Output<string>;
  /** IPv4 address. */
  readonly ip: pulumi.Output<string>;
  /** Tag of the backends, once it exists. */
  readonly backendTag: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = loadBalancerProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { region, nodes = 2, port, healthPath, protection, transform } = args;
    super(
      "breakwater:network:LoadBalancer",
      name,
      { region, nodes, port, healthPath, backendTag: args.backendTag },
      opts,
      loadBalancerCosts({ nodes }),
    );
    this.warnUnprotected(protection);
    const { allows = [], denies = [] } = args.firewall ?? {};

    const tag = this.child(digitalocean.Tag, "tag", { name: args.backendTag }, {}, transform?.tag);
    const balancer = this.child(
      digitalocean.LoadBalancer,
      "balancer",
      {
        name: args.balancerName ?? name,
        type: "REGIONAL",
        network: "EXTERNAL",
        region,
        vpcUuid: args.vpcId,
        sizeUnit: nodes,
        projectId: args.projectId,
        dropletTag: tag.name,
        // An http2 entry speaks HTTP/1.1 as well.
        forwardingRules: [
          {
            entryProtocol: "http2",
            entryPort: 443,
            targetProtocol: "http",
            targetPort: port,
            certificateName: args.certificateName,
          },
          { entryProtocol: "http", entryPort: 80, targetProtocol: "http", targetPort: port },
        ],
        redirectHttpToHttps: true,
        tlsCipherPolicy: "STRONG",
        disableLetsEncryptDnsRecords: true,
        enableBackendKeepalive: true,
        httpIdleTimeoutSeconds: args.idleTimeoutSeconds ?? 60,
        healthcheck: {
          protocol: "http",
          port,
          path: healthPath,
          checkIntervalSeconds: 10,
          responseTimeoutSeconds: 5,
          unhealthyThreshold: 3,
          healthyThreshold: 3,
        },
        firewall: allows.length || denies.length ? { allows, denies } : undefined,
      },
      // `network` is never read back, so one that was imported would be replaced for it.
      { ...guarded(protection, "balancer"), ignoreChanges: ["projectId", "network"] },
      transform?.balancer,
    );
    this.loadBalancerId = balancer.id;
    this.ip = balancer.ip;
    this.backendTag = pulumi.output(tag.name);
    const { loadBalancerId, ip, backendTag, monthlyCost } = this;
    this.registerOutputs({ loadBalancerId, ip, backendTag, monthlyCost });
  }
}
