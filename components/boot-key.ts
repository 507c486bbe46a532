import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Component, InvalidArguments, type Transform } from "./base.ts";
import { type Datacentre, spacesRegion } from "./catalog.ts";
import { nameProblem } from "./names.ts";

export interface BootKeyArgs {
  /** Datacentre of the VPC. */
  region: Datacentre;
  /** UUID of the VPC whose members get the key. **A change replaces the gateway.** */
  vpcId: pulumi.Input<string>;
  /** First part of the names of bucket and gateway. @default the component's logical name */
  prefix?: string;
  /** Base URL of Spaces in the region. A local cloud has its own. @default "https://<region>.digitaloceanspaces.com" */
  endpoint?: string;
  /** Project that the gateway is filed under. @default the account's default project */
  projectId?: pulumi.Input<string>;
  /** Changes the wrapped resources. @default unchanged */
  transform?: {
    gateway?: Transform<digitalocean.VpcNatGatewayArgs>;
    bucket?: Transform<digitalocean.SpacesBucketArgs>;
  };
}

/**
 * A key that droplets of a VPC can get at boot, and nobody else: an object in a private bucket, whose policy gives it to the
 * address of the VPC's NAT gateway alone. DigitalOcean gives a droplet no identity, and what is in its user data everyone
 * on it can read; docs/decisions/0007-secrets-of-droplets.md weighs what else there is.
 */
export class BootKey extends Component {
  /** The key, secret. */
  readonly key: pulumi.Output<string>;
  /** Where droplets find it. */
  readonly url: pulumi.Output<string>;
  /** Address of the gateway inside the VPC. */
  readonly gatewayIp: pulumi.Output<string>;
  /** Address of the gateway on the internet. */
  readonly egressIp: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: BootKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    const { region, prefix = name, transform } = args;
    const gatewayName = `${prefix}-nat`;
    const problem = nameProblem("digitalocean:index/vpcNatGateway:VpcNatGateway", gatewayName);
    if (problem) throw new InvalidArguments(name, [`gateway name ${gatewayName} ${problem}`]);
    super("breakwater:security:BootKey", name, { region }, opts);

    const password = this.child(random.RandomPassword, "key", { length: 64, special: false });
    // Names of buckets are unique among all customers.
    const suffix = this.child(random.RandomId, "suffix", { byteLength: 4 });
    const gateway = this.child(
      digitalocean.VpcNatGateway,
      "gateway",
      {
        name: gatewayName,
        type: "PUBLIC",
        region,
        size: 1,
        vpcs: [{ vpcUuid: args.vpcId, defaultGateway: false }],
        projectId: args.projectId,
      },
      { ignoreChanges: ["projectId"] },
      transform?.gateway,
    );
    // Undefined would let everyone or nobody in.
    const known = (what: string, address: string | undefined): string => {
      if (!address) throw new InvalidArguments(name, [`gateway ${gatewayName} has no ${what} address`]);
      return address;
    };
    this.gatewayIp = gateway.vpcs.apply((vpcs) => known("private", vpcs[0]?.gatewayIp));
    this.egressIp = gateway.egresses.apply(([egress]) => known("public", egress?.publicGateways?.[0]?.ipv4));

    const bucketRegion = spacesRegion(region);
    const bucket = this.child(
      digitalocean.SpacesBucket,
      "bucket",
      {
        name: pulumi.interpolate`${prefix}-boot-${suffix.hex}`,
        region: bucketRegion,
        acl: "private",
        forceDestroy: true,
        versioning: { enabled: true },
        lifecycleRules: [
          {
            id: "versions",
            enabled: true,
            noncurrentVersionExpiration: { days: 1 },
            abortIncompleteMultipartUploadDays: 1,
          },
        ],
      },
      { replaceOnChanges: ["name"] },
      transform?.bucket,
    );
    this.child(digitalocean.SpacesBucketPolicy, "policy", {
      bucket: bucket.name,
      region: bucketRegion,
      policy: pulumi
        .all([bucket.name, this.egressIp])
        .apply(([bucketName, egressIp]) => JSON.stringify(onlyFrom(egressIp, bucketName))),
    });
    const object = this.child(digitalocean.SpacesBucketObject, "object", {
      bucket: bucket.name,
      region: bucketRegion,
      key: "key",
      content: pulumi.secret(password.result),
      contentType: "text/plain",
      acl: "private",
    });
    this.key = pulumi.secret(password.result);
    // A local cloud is reached by its address, which can't have a bucket before it.
    this.url = args.endpoint
      ? pulumi.interpolate`${new URL(args.endpoint).origin}/${bucket.name}/${object.key}`
      : pulumi.interpolate`https://${bucket.name}.${bucketRegion}.digitaloceanspaces.com/${object.key}`;
    const { url, gatewayIp, egressIp } = this;
    this.registerOutputs({ url, gatewayIp, egressIp });
  }
}

/** Lets one address read what is in a bucket. */
function onlyFrom(address: string, bucket: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ThroughTheGateway",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject"],
        Resource: [`arn:aws:s3:::${bucket}/*`],
        Condition: { IpAddress: { "aws:SourceIp": `${address}/32` } },
      },
    ],
  };
}
