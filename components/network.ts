import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { answerOf, Component, guarded, InvalidArguments, type Protection, type Transform } from "./base.ts";
import type { Datacentre } from "./catalog.ts";
import { vpcRangeProblem } from "./cidr.ts";
import { nameProblem } from "./names.ts";

export interface NetworkArgs {
  /**
   * Datacentre. **A change replaces the VPC** and so the databases in it. The new one is made first, since apps stay
   * attached until then: it needs another name and other addresses.
   */
  region: Datacentre;
  /**
   * Name at DigitalOcean, unique in the account.
   * @default the component's logical name
   */
  vpcName?: string;
  /**
   * Addresses of the VPC, /16 to /24, apart from all other VPCs of the account. **A change replaces the VPC**, and needs
   * another `vpcName` as well.
   * Must be left out when `vpcId` is given.
   * @default chosen by DigitalOcean
   */
  ipRange?: string;
  /**
   * Id of a VPC that exists and is looked after elsewhere: it is used, never changed or deleted. Excludes `ipRange`,
   * `vpcName` and `import`.
   * @default a VPC of its own
   */
  vpcId?: string;
  /** Id of a VPC that exists and that this stack takes over. `ipRange` and `vpcName` must be the VPC's own. @default none */
  import?: string;
  /** How replacement and deletion of the VPC are met. @default protected and retained */
  protection?: Protection<"vpc">;
  /** Changes the wrapped resource `vpc`. @default unchanged */
  transform?: { vpc?: Transform<digitalocean.VpcArgs> };
}

/**
 * A private network: a VPC of its own, or one that exists.
 *
 * The first VPC of a datacentre becomes its default, and DigitalOcean never lets go of a default VPC. An account that
 * shall be left without traces needs a default VPC in the datacentre beforehand; the component warns when its own
 * VPC became the default. Cost: none.
 */
export class Network extends Component {
  /** UUID of the VPC. Members refer to this rather than to its URN, so that they are deleted before it. */
  readonly vpcId: pulumi.Output<string>;
  /** Addresses of the VPC in CIDR notation: what a database trusts. */
  readonly ipRange: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = networkProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { region, ipRange, vpcId } = args;
    super("breakwater:network:Network", name, { region, ipRange, vpcId }, opts);

    if (vpcId !== undefined) {
      this.vpcId = pulumi.output(vpcId);
      const asked = digitalocean.getVpc({ id: vpcId }, { parent: this });
      this.ipRange = pulumi.output(answerOf(name, `VPC ${vpcId}`, asked)).apply((vpc) => {
        if (vpc.region !== region)
          throw new InvalidArguments(name, [
            `vpcId ${vpcId} must be a VPC in ${region}: it is in ${vpc.region}`,
          ]);
        return vpc.ipRange;
      });
    } else {
      this.warnUnprotected(args.protection);
      const vpc = this.child(
        digitalocean.Vpc,
        "vpc",
        { name: args.vpcName ?? name, region, ipRange, description: "Managed by Pulumi" },
        {
          ...guarded(args.protection, "vpc"),
          import: args.import,
          // The provider would delete first, but apps leave the old VPC only for the new one.
          deleteBeforeReplace: false,
          // Databases and balancers leave their VPC minutes after DigitalOcean has confirmed their deletion.
          customTimeouts: { delete: "15m" },
        },
        args.transform?.vpc,
      );
      vpc.default.apply((isDefault) => {
        if (isDefault)
          this.warn("this VPC is its datacentre's default: DigitalOcean will refuse to delete it");
      });
      this.vpcId = vpc.id;
      this.ipRange = vpc.ipRange;
    }
    this.registerOutputs({ vpcId: this.vpcId, ipRange: this.ipRange });
  }
}

/** What is wrong with these arguments, one line each. */
function networkProblems(name: string, args: NetworkArgs): string[] {
  const problems: (string | undefined)[] = [];
  if (args.vpcId !== undefined)
    for (const key of ["ipRange", "vpcName", "import"] as const)
      if (args[key] !== undefined)
        problems.push(`${key} can't go together with vpcId, whose VPC has its own`);
  const range = args.ipRange === undefined ? undefined : vpcRangeProblem(args.ipRange, args.region);
  problems.push(range && `ipRange ${args.ipRange} ${range}`);
  const vpcName = args.vpcName ?? name;
  const bad = nameProblem("digitalocean:index/vpc:Vpc", vpcName);
  problems.push(bad && `vpcName ${vpcName} ${bad}`);
  return problems.filter((problem) => problem !== undefined);
}
