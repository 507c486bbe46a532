import { createHash } from "node:crypto";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { appEnvs, appImage } from "./app-spec.ts";
import { Component, InvalidArguments } from "./base.ts";
import { BootKey } from "./boot-key.ts";
import { appRegions } from "./catalog.ts";
import { cloudInit, registryCredentials, userDataProblem } from "./cloud-init.ts";
import type { Compute } from "./compute.ts";
import { bucketCosts, dropletFleetCosts } from "./costs.ts";
import type { DropletAutoscaling, DropletFleetArgs } from "./droplet-fleet-args.ts";
import { dropletFleetProblems, imageReference, isPublicKey } from "./droplet-fleet-rules.ts";
import { nameProblem } from "./names.ts";
import { seal, shellVariables } from "./sealed.ts";

/**
 * The product's API on droplets: a pool that keeps their number, each of them running the container under systemd, reached by the
 * load balancer alone.
 *
 * Whatever changes what a droplet is made of (image, variables, plan, keys) makes a new pool, and the old one goes at the
 * end of the update: what a changed template does to running droplets is not promised by DigitalOcean. The new pool
 * counts as made when its droplets are active, which is before the product on them answers; docs/droplets.md says what
 * that means.
 *
 * A migration runs as a job on App Platform, inside the VPC, before the new pool: once, and when it fails the old pool stays.
 */
export class DropletFleet extends Component implements Compute {
  readonly kind = "droplets";
  readonly computeId: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  /** IPv4 address of the load balancer. */
  readonly address: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: DropletFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const prefix = args.prefix ?? name;
    const migrationName = `${prefix}-schema`;
    const problems = dropletFleetProblems(args);
    for (const [type, resource] of [
      ["digitalocean:index/app:App", migrationName],
      ["digitalocean:index/firewall:Firewall", prefix],
    ] as const) {
      const problem = nameProblem(type, resource);
      if (problem) problems.push(`name ${resource} ${problem}`);
    }
    if (problems.length) throw new InvalidArguments(name, problems);
    const { region, size, port, healthPath, autoscale, transform } = args;
    const instances = autoscale ? undefined : (args.instances ?? 2);
    super(
      "breakwater:compute:DropletFleet",
      name,
      { region, size, instances, autoscale, port, healthPath },
      opts,
      [...dropletFleetCosts({ size, natGateway: true, instances, autoscale }), ...bucketCosts()],
    );

    const firewall = this.child(
      digitalocean.Firewall,
      "firewall",
      firewallArgs(prefix, args),
      {},
      transform?.firewall,
    );
    const bootKey = new BootKey(
      `${name}-boot`,
      { region, vpcId: args.vpcId, prefix, projectId: args.projectId, endpoint: args.spacesEndpoint },
      { parent: this },
    );
    const sshKeys = args.sshKeys.map((key) => {
      if (!isPublicKey(key)) return key;
      const id = createHash("sha256").update(key).digest("hex").slice(0, 8);
      return this.child(
        digitalocean.SshKey,
        `ssh-key-${id}`,
        { name: `${prefix}-${id}`, publicKey: key },
        {},
        transform?.sshKey,
      ).fingerprint;
    });
    const migration = args.migrateCommand && this.#migration(migrationName, args.migrateCommand, args);

    // What policies are told: there is nothing to back up, and secrets in the user data are sealed. Made here, so that they
    // go with the fleet.
    const words = ["stateless", "sealed"];
    const tags = words.map((word) =>
      this.child(digitalocean.Tag, `tag-${word}`, { name: `${prefix}:${word}` }),
    );

    const pool = this.child(
      digitalocean.DropletAutoscale,
      "pool",
      {
        config: scaling(instances, autoscale),
        dropletTemplate: {
          region,
          size,
          image: args.systemImage ?? "ubuntu-24-04-x64",
          vpcUuid: args.vpcId,
          sshKeys,
          tags: [args.tag, ...(args.tags ?? []), ...words.map((word) => `${prefix}:${word}`)],
          // Brings the metrics that scaling and alerts look at.
          withDropletAgent: true,
          projectId: args.projectId,
          userData: userData(name, args, bootKey),
        },
      },
      {
        // Members are found by tag: both pools serve while the old one is still there.
        replaceOnChanges: ["dropletTemplate"],
        deleteBeforeReplace: false,
        // A droplet must never be there before its firewall, nor look for a key that is not there yet.
        dependsOn: [firewall, bootKey, ...tags, ...(migration ? [migration] : []), ...(args.after ?? [])],
      },
      transform?.pool,
    );
    this.computeId = pool.id;
    this.url = pulumi.output(args.url);
    this.address = pulumi.output(args.address);
    const { kind, computeId, url, address, monthlyCost } = this;
    this.registerOutputs({ kind, computeId, url, address, monthlyCost });
  }

  /** The same image with the same variables, as one job that must succeed. */
  #migration(appName: string, command: string, args: DropletFleetArgs): digitalocean.App {
    const { registryType, credentials } = args.image;
    // App Platform reads the account's own registry without credentials.
    const image = { ...args.image, credentials: registryType === "DOCR" ? undefined : credentials };
    return this.child(
      digitalocean.App,
      "migration",
      {
        projectId: args.projectId,
        spec: {
          name: appName,
          region: appRegions[args.region],
          vpcs: [{ id: args.vpcId }],
          alerts: [{ rule: "DEPLOYMENT_FAILED" }],
          jobs: [
            {
              name: "migrate",
              kind: "PRE_DEPLOY",
              image: appImage(image),
              instanceSizeSlug: "apps-s-1vcpu-1gb",
              instanceCount: 1,
              runCommand: command,
              envs: appEnvs(args.env, args.secretEnv),
            },
          ],
        },
      },
      { ignoreChanges: ["projectId"], customTimeouts: { create: "30m" }, dependsOn: args.after },
      args.transform?.migration,
    );
  }
}

function scaling(instances: number | undefined, autoscale: DropletAutoscaling | undefined) {
  if (!autoscale) return { targetNumberInstances: instances };
  const { min, max, cpuPercent, memoryPercent, cooldownMinutes = 10 } = autoscale;
  return {
    minInstances: min,
    maxInstances: max,
    targetCpuUtilization: cpuPercent / 100,
    targetMemoryUtilization: memoryPercent === undefined ? undefined : memoryPercent / 100,
    cooldownMinutes,
  };
}

const everywhere = ["0.0.0.0/0", "::/0"];

/** In: the load balancer on the product's port, and SSH from named addresses. Out: what a product and its system need. */
function firewallArgs(name: string, args: DropletFleetArgs): digitalocean.FirewallArgs {
  const { port, loadBalancerId, privateRanges, sshFrom = [], outboundPorts = [] } = args;
  const syslogPort = args.syslog?.split(":")[1];
  const tcp = [
    ...new Set(["53", "80", "443", ...(syslogPort ? [syslogPort] : []), ...outboundPorts.map(String)]),
  ];
  const out = (
    protocol: string,
    portRange: string | undefined,
    destinationAddresses: pulumi.Input<string>[],
  ) => ({
    protocol,
    portRange,
    destinationAddresses,
  });
  return {
    name,
    tags: [args.tag],
    inboundRules: [
      { protocol: "tcp", portRange: String(port), sourceLoadBalancerUids: [loadBalancerId] },
      ...(sshFrom.length ? [{ protocol: "tcp", portRange: "22", sourceAddresses: sshFrom }] : []),
    ],
    outboundRules: [
      ...tcp.map((each) => out("tcp", each, everywhere)),
      ...["53", "123"].map((each) => out("udp", each, everywhere)),
      out("icmp", undefined, everywhere),
      out("tcp", "1-65535", privateRanges),
      out("udp", "1-65535", privateRanges),
    ],
  };
}

/** Secret as a whole, although what is secret in it is sealed: nobody needs to see it. */
function userData(component: string, args: DropletFleetArgs, bootKey: BootKey): pulumi.Output<string> {
  const { image, port, env = {}, secretEnv = {}, syslog } = args;
  const product = { ...env, ...secretEnv, PORT: String(port) };
  const variables =
    image.credentials === undefined ? product : { ...product, [registryCredentials]: image.credentials };
  const { host, reference } = imageReference(image, args.registry);
  const text = pulumi
    .all([pulumi.all(variables), bootKey.key, bootKey.url, bootKey.gatewayIp])
    .apply(([values, key, keyUrl, gatewayIp]) => {
      const written = cloudInit({
        image: reference,
        registry: host,
        port,
        variables: Object.keys(product).sort(),
        sealed: seal(shellVariables(values), key),
        keyUrl,
        gatewayIp,
        syslog,
      });
      const problem = userDataProblem(written);
      if (problem) throw new InvalidArguments(component, [problem]);
      return written;
    });
  return pulumi.secret(text);
}
