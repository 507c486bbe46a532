import type * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import { InvalidArguments } from "./base.ts";
import type { BucketArgs, BucketTransforms } from "./bucket-args.ts";
import { bucketProblems } from "./bucket-rules.ts";
import { ServedBucket } from "./served-bucket.ts";
import { keepDeletedProblems, versioned } from "./versioned.ts";

/**
 * Headers to upload each document with. Whoever fetches it by a presigned URL then keeps no copy, and no proxy or CDN on
 * the way does.
 */
export const documentHeaders = { "Cache-Control": "private, no-store" } as const;

export interface DocumentStoreArgs extends BucketArgs {
  /**
   * Days for which the versions of a document that was overwritten or deleted are kept: how long a mistake can be undone,
   * and how long a person who asked for deletion must wait for it. @default 30
   */
  keepDeletedDays?: number;
  /** Changes the wrapped resources. @default unchanged */
  transform?: BucketTransforms;
}

/**
 * A private, versioned bucket for people's documents.
 *
 * Documents are given out by presigned URLs **on the origin host** (`endpoint`). The bucket's CDN endpoint is on, but it
 * is not the way to private documents: an unsigned request gets 403 there as on the origin; a presigned one passes through
 * without being cached, costs its traffic twice, and may carry 8100 KiB at most on upload (DigitalOcean's documentation of
 * the Spaces CDN, 2026-03). The endpoint's time to live is the shortest, so that a document that was public by mistake
 * is forgotten within a minute.
 *
 * Spaces has no backups: versions protect against people and programs, not against the loss of the region.
 */
export class DocumentStore extends ServedBucket {
  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: DocumentStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const { keepDeletedDays = 30 } = args;
    const problems = [...bucketProblems(name, args), ...keepDeletedProblems(keepDeletedDays)];
    if (problems.length) throw new InvalidArguments(name, problems);
    const bucket = versioned(keepDeletedDays);
    super(
      "breakwater:data:DocumentStore",
      name,
      args,
      { bucket, cdn: { ttl: 60 } },
      { keepDeletedDays },
      opts,
    );
    this.registerOutputs({
      bucketName: this.bucketName,
      region: this.region,
      endpoint: this.endpoint,
      accessKeyId: this.accessKeyId,
      cdnHost: this.cdnHost,
      monthlyCost: this.monthlyCost,
    });
  }

  /**
   * Lets browsers upload and download with presigned URLs from pages of these origins, and of no others. Called after what
   * serves the pages is made, which itself needs the bucket.
   *
   * @param origins scheme and host, such as `https://www.example.com`.
   */
  allowBrowsers(origins: pulumi.Input<pulumi.Input<string>[]>): digitalocean.SpacesBucketCorsConfiguration {
    return this.cors(origins, {
      allowedMethods: ["GET", "HEAD", "PUT", "POST"],
      allowedHeaders: ["cache-control", "content-disposition", "content-md5", "content-type", "x-amz-*"],
      exposeHeaders: ["etag"],
    });
  }
}
