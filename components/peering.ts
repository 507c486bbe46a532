import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import { Component, InvalidArguments, type Transform } from "./base.ts";
import { nameProblem } from "./names.ts";

export interface PeeringArgs {
  /** UUIDs of the two VPCs. Their addresses must not overlap. **A change replaces the peering**: traffic stops meanwhile. */
  vpcIds: [pulumi.Input<string>, pulumi.Input<string>];
  /** Name at DigitalOcean. @default the component's logical name */
  peeringName?: string;
  /** Changes the wrapped resource `peering`. @default unchanged */
  transform?: { peering?: Transform<digitalocean.VpcPeeringArgs> };
}

/**
 * Joins two VPCs, so that what is in one reaches the other's private addresses. Nothing is translated: a database sees
 * the address that the app or droplet has in its own VPC, and must trust that VPC's range.
 */
export class Peering extends Component {
  readonly peeringId: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: PeeringArgs, opts?: pulumi.ComponentResourceOptions) {
    const peeringName = args.peeringName ?? name;
    const problem = nameProblem("digitalocean:index/vpcPeering:VpcPeering", peeringName);
    if (problem) throw new InvalidArguments(name, [`peeringName ${peeringName} ${problem}`]);
    super("breakwater:network:Peering", name, {}, opts);
    const peering = this.child(
      digitalocean.VpcPeering,
      "peering",
      { name: peeringName, vpcIds: args.vpcIds },
      // Two VPCs have one peering at most.
      { deleteBeforeReplace: true },
      args.transform?.peering,
    );
    this.peeringId = peering.id;
    this.registerOutputs({ peeringId: this.peeringId });
  }
}
