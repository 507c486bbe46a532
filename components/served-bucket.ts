import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import { type Args, Bucket } from "./bucket.ts";

/** A bucket with its CDN endpoint. */
export abstract class ServedBucket extends Bucket {
  /** The CDN endpoint: another bucket's may wait for it, since DigitalOcean takes five calls about them in ten seconds. */
  readonly cdn: digitalocean.Cdn;
  /** Host name of the CDN endpoint. */
  readonly cdnHost: pulumi.Output<string>;

  protected constructor(
    type: `breakwater:${string}:${string}`,
    name: string,
    args: Args,
    own: { bucket: digitalocean.SpacesBucketArgs; cdn: Omit<digitalocean.CdnArgs, "origin"> },
    inputs: pulumi.Inputs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, args, own, inputs, opts);
    this.cdn = this.child(
      digitalocean.Cdn,
      "cdn",
      { origin: this.bucket.bucketDomainName, ...own.cdn },
      {},
      args.transform?.cdn,
    );
    this.cdnHost = this.cdn.endpoint;
  }
}
