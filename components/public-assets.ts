import type * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { InvalidArguments } from "./base.ts";
import type { BucketArgs, BucketTransforms } from "./bucket-args.ts";
import type { CdnTtl } from "./catalog.ts";
import { publicAssetsProblems } from "./public-assets-rules.ts";
import { ServedBucket } from "./served-bucket.ts";

/** Headers to upload an object with, by whether its name changes with its content. */
export const assetHeaders = {
  /** `app.3f2a1c.js`: another content has another name, so nobody ever need ask again. */
  hashed: { "Cache-Control": "public, max-age=31536000, immutable" },
  /** `index.html`: browsers ask each time, and the CDN after a minute. */
  named: { "Cache-Control": "public, max-age=0, s-maxage=60, must-revalidate" },
} as const;

export interface PublicAssetsArgs extends BucketArgs {
  /** Seconds for which the CDN keeps what doesn't say otherwise: 60, 600, 3600, 86400 or 604800. @default 3600 */
  ttlSeconds?: CdnTtl;
  /** Host name of the CDN endpoint, such as `assets.example.com`, with `certificateName`. @default DigitalOcean's own */
  customDomain?: pulumi.Input<string>;
  /**
   * Name, never id, of the certificate for `customDomain`: an id changes whenever Let's Encrypt renews. One of Let's Encrypt
   * needs the domain's DNS at DigitalOcean; a wildcard one can't be used. @default none
   */
  certificateName?: pulumi.Input<string>;
  /** Changes the wrapped resources. @default unchanged */
  transform?: BucketTransforms;
}

/**
 * A bucket of files that anyone may fetch, behind the CDN.
 *
 * Its objects are public one by one: whoever uploads sets the ACL `public-read` on each, and {@link assetHeaders}. The
 * list of objects stays private. After a change under the same name the CDN goes on with the old content until its time
 * to live has passed, or its cache is purged (50 paths in 20 seconds at most).
 *
 * Traffic through the CDN costs what traffic from the bucket costs. DigitalOcean renews the certificate of a custom domain
 * by itself, but may fail in silence: an uptime alert on `ssl_expiry` belongs to it.
 */
export class PublicAssets extends ServedBucket {
  /** Where everyone fetches the assets. */
  readonly url: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: PublicAssetsArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = publicAssetsProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { ttlSeconds = 3600, customDomain, certificateName } = args;
    const bucket = {
      // A deployment that went wrong can be undone for a week.
      versioning: { enabled: true },
      lifecycleRules: [
        {
          id: "versions",
          enabled: true,
          noncurrentVersionExpiration: { days: 7 },
          abortIncompleteMultipartUploadDays: 1,
        },
      ],
    };
    const cdn = { ttl: ttlSeconds, customDomain, certificateName };
    super("breakwater:data:PublicAssets", name, args, { bucket, cdn }, { ttlSeconds, customDomain }, opts);
    const host = customDomain ?? this.cdnHost;
    this.url = pulumi.interpolate`${new URL(this.endpoint).protocol}//${host}`;
    this.registerOutputs({
      bucketName: this.bucketName,
      region: this.region,
      endpoint: this.endpoint,
      accessKeyId: this.accessKeyId,
      cdnHost: this.cdnHost,
      url: this.url,
      monthlyCost: this.monthlyCost,
    });
  }

  /**
   * Lets pages of these origins use fonts and modules, which browsers fetch with CORS even where everyone may have them.
   * Called after what serves the pages is made, which itself needs the bucket.
   *
   * @param origins scheme and host, such as `https://www.example.com`.
   */
  allowPages(origins: pulumi.Input<pulumi.Input<string>[]>): digitalocean.SpacesBucketCorsConfiguration {
    return this.cors(origins, { allowedMethods: ["GET", "HEAD"] });
  }
}
