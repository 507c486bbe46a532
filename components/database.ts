import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import { answerOf, Component, guarded, InvalidArguments, type Protection, type Transform } from "./base.ts";
import type { Line } from "./costs.ts";
import type { DatabaseArgs, DatabaseTransforms } from "./database-args.ts";
import { forGenerations, type Generation, type Generations, generationName } from "./generation.ts";
import { rulesFor, strangers } from "./trusted-sources.ts";

/** What an engine adds to the common arguments of a cluster. */
interface Engine extends Partial<digitalocean.DatabaseClusterArgs> {
  engine: "pg" | "mongodb" | "valkey";
  version: string;
}

interface ManagedArgs extends DatabaseArgs {
  import?: { cluster: string };
  protection?: Protection;
  transform?: DatabaseTransforms;
}

/**
 * A managed database cluster that only its VPC can reach.
 *
 * DigitalOcean creates a cluster open to the internet and has no switch against it, so the firewall is the first thing
 * made after the cluster, and everything else waits for it. The component owns the whole list of trusted sources.
 *
 * When its creation fails while waiting, the cluster may exist, and cost money, without being in the state: adopt it with
 * `import` (terraform-provider-digitalocean#728).
 */
export abstract class ManagedDatabase extends Component {
  readonly clusterId: pulumi.Output<string>;
  readonly clusterName: pulumi.Output<string>;
  /** Host name inside the VPC. The address behind it changes: never pin it. */
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /** PEM text of the authority that signs the cluster's certificate. */
  readonly caCertificate: pulumi.Output<string>;
  protected readonly cluster: digitalocean.DatabaseCluster;
  /** Options of what is made in the cluster: after the firewall, and gone with the cluster. */
  protected readonly behindFirewall: { dependsOn: pulumi.Resource; deletedWith: pulumi.Resource };

  /** `ignoreChanges` are properties of the cluster that the platform moves by itself. */
  protected constructor(
    type: `breakwater:${string}:${string}`,
    name: string,
    args: ManagedArgs,
    { engine, ignoreChanges = [], costs }: { engine: Engine; ignoreChanges?: string[]; costs: Line[] },
    inputs: pulumi.Inputs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { region, size, nodeCount, protection, transform, trustedSources = [], peerIpRanges = [] } = args;
    super(type, name, { region, version: engine.version, size, nodeCount, ...inputs }, opts, costs);
    this.warnUnprotected(protection);
    if (trustedSources.length) this.warn(`trusts addresses outside its VPC: ${trustedSources.join(", ")}`);

    const clusterGuard = guarded(protection, "cluster");
    this.cluster = this.child(
      digitalocean.DatabaseCluster,
      "cluster",
      {
        name: args.clusterName ?? name,
        size,
        nodeCount,
        region,
        privateNetworkUuid: args.vpcId,
        projectId: args.projectId,
        maintenanceWindows: [args.maintenance],
        tags: args.tags,
        ...engine,
      },
      {
        ...clusterGuard,
        import: args.import?.cluster,
        // The name is taken as long as the old cluster lives.
        deleteBeforeReplace: !clusterGuard.retainOnDelete,
        // A failed wait would drop the cluster from the state while it lives on; updates read this value as well.
        customTimeouts: { create: "60m" },
        ignoreChanges: ["projectId", ...ignoreChanges],
      },
      transform?.cluster,
    );
    const firewall = this.child(
      digitalocean.DatabaseFirewall,
      "firewall",
      {
        clusterId: this.cluster.id,
        rules: rulesFor(name, [args.vpcIpRange, ...peerIpRanges, ...trustedSources]),
      },
      // Its deletion would write an empty list, which opens the cluster to the internet.
      { retainOnDelete: true },
      transform?.firewall,
    );
    firewall.rules.apply((rules) => {
      for (const source of strangers(rules)) this.warn(`a transform lets ${source} connect`);
    });
    this.behindFirewall = { dependsOn: firewall, deletedWith: this.cluster };
    this.clusterId = this.cluster.id;
    this.clusterName = this.cluster.name;
    this.host = this.cluster.privateHost;
    this.port = this.cluster.port;
    this.caCertificate = this.cluster.id.apply(async (clusterId) => {
      const asked = digitalocean.getDatabaseCa({ clusterId }, { parent: this });
      return (await answerOf(name, `the certificate of cluster ${clusterId}`, asked)).certificate;
    });
  }

  /**
   * The users of each generation that exists, by the name that the first generation's have.
   *
   * @param options of those in use. Those of a previous generation are there to be deleted, and are then really gone.
   */
  protected makeUsers(
    databases: { user: string }[],
    generation: Generation,
    options: (user: string) => pulumi.CustomResourceOptions,
    transform: Transform<digitalocean.DatabaseUserArgs> | undefined,
  ): Map<string, Generations<digitalocean.DatabaseUser>> {
    const passing = { protect: false, retainOnDelete: false };
    const make = (user: string, each: number, isCurrent: boolean) =>
      this.child(
        digitalocean.DatabaseUser,
        generationName(`user-${user}`, each),
        { clusterId: this.cluster.id, name: generationName(user, each) },
        { ...this.behindFirewall, ...(isCurrent ? options(user) : passing) },
        transform,
      );
    const names = [...new Set(databases.map(({ user }) => user))];
    return new Map(
      names.map((user) => [user, forGenerations(generation, (each, current) => make(user, each, current))]),
    );
  }
}

/**
 * A password or address that DigitalOcean shows to some tokens alone: without the scope it comes empty, and a URI without it
 * would only fail in the product.
 */
export function readable(component: string, what: string, value: string | undefined): string {
  if (value) return value;
  const problem = `${what} can't be read: the token needs the scope database:view_credentials`;
  throw new InvalidArguments(component, [problem]);
}
