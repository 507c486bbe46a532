import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Component, guarded, InvalidArguments } from "./base.ts";
import type { BucketArgs, BucketTransforms } from "./bucket-args.ts";
import { bucketOf, originProblem } from "./bucket-rules.ts";
import { bucketCosts } from "./costs.ts";
import { forGenerations, generationName } from "./generation.ts";

/** Arguments of every bucket. */
export type Args = BucketArgs & { transform?: BucketTransforms };
type CorsRule = digitalocean.types.input.SpacesBucketCorsConfigurationCorsRule;

/**
 * A bucket whose listing is nobody's but its owner's, with the one key that may read and write in it.
 *
 * The provider leaves a renamed bucket where it is and only says otherwise, so a change of name is made a replacement,
 * which protection refuses. Keys with access to one bucket don't go together with a bucket policy: none is set.
 */
export abstract class Bucket extends Component {
  /** Name of the bucket. */
  readonly bucketName: pulumi.Output<string>;
  /** What a project files it under. */
  readonly bucketUrn: pulumi.Output<string>;
  /** Region, which S3 clients take as theirs. */
  readonly region: string;
  /** Base URL for S3 clients. */
  readonly endpoint: string;
  /** The key of whoever reads and writes: its id, and the secret. */
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;
  protected readonly bucket: digitalocean.SpacesBucket;
  readonly #transform: BucketTransforms | undefined;

  protected constructor(
    type: `breakwater:${string}:${string}`,
    name: string,
    args: Args,
    own: { bucket: digitalocean.SpacesBucketArgs },
    inputs: pulumi.Inputs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const {
      region,
      keyGeneration = 1,
      keepPreviousKey = false,
      forceDestroy = false,
      protection,
      transform,
    } = args;
    super(type, name, { region, keyGeneration, ...inputs }, opts, bucketCosts());
    this.#transform = transform;
    this.warnUnprotected(protection);
    if (forceDestroy) this.warn("forceDestroy is on: deleting the bucket deletes everything in it");

    this.bucket = this.child(
      digitalocean.SpacesBucket,
      "bucket",
      // Public or not is each object's own affair: `public-read` on a bucket would publish the list of its objects.
      { name: this.#bucketName(name, args), region, acl: "private", forceDestroy, ...own.bucket },
      { ...guarded(protection, "bucket"), import: args.import, replaceOnChanges: ["name"] },
      transform?.bucket,
    );
    const { current: key } = forGenerations(
      { generation: keyGeneration, keepPrevious: keepPreviousKey },
      (generation) =>
        this.child(
          digitalocean.SpacesKey,
          generationName("key", generation),
          {
            name: this.bucket.name.apply((bucket) => generationName(bucket, generation)),
            grants: [{ bucket: this.bucket.name, permission: "readwrite" }],
          },
          // A new name alone would leave the secret as it is.
          { replaceOnChanges: ["name"], deleteBeforeReplace: false },
          transform?.key,
        ),
    );
    this.bucketName = this.bucket.name;
    this.bucketUrn = this.bucket.bucketUrn;
    this.region = region;
    this.endpoint = args.endpoint ?? `https://${region}.digitaloceanspaces.com`;
    this.accessKeyId = key.accessKey;
    this.secretAccessKey = pulumi.secret(key.secretKey);
  }

  /** What browsers may do in the bucket from pages of other origins. */
  protected cors(
    origins: pulumi.Input<pulumi.Input<string>[]>,
    rule: Omit<CorsRule, "allowedOrigins">,
  ): digitalocean.SpacesBucketCorsConfiguration {
    const allowedOrigins = pulumi.output(origins).apply((all) => all.map(checkedOrigin));
    return this.child(
      digitalocean.SpacesBucketCorsConfiguration,
      "cors",
      {
        bucket: this.bucket.name,
        region: this.region,
        corsRules: [{ maxAgeSeconds: 3600, allowedOrigins, ...rule }],
      },
      { deletedWith: this.bucket },
      this.#transform?.cors,
    );
  }

  #bucketName(name: string, args: Args): pulumi.Input<string> {
    const given = args.bucketName ?? (args.import === undefined ? undefined : bucketOf(args.import)?.name);
    if (given !== undefined) return given;
    const prefix = args.namePrefix ?? name;
    const suffix = this.child(
      random.RandomId,
      "suffix",
      // A bucket in another region is another bucket, and its predecessor may live on.
      { byteLength: 4, keepers: { region: args.region } },
      {},
      args.transform?.suffix,
    );
    return pulumi.interpolate`${prefix}-${suffix.hex}`;
  }
}

function checkedOrigin(origin: string): string {
  const problem = originProblem(origin);
  if (problem) throw new InvalidArguments("CORS", [`origin ${origin} ${problem}`]);
  return origin;
}
