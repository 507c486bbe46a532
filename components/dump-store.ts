import type * as pulumi from "@pulumi/pulumi";
import { InvalidArguments } from "./base.ts";
import { Bucket } from "./bucket.ts";
import type { BucketArgs, BucketTransforms } from "./bucket-args.ts";
import { bucketProblems } from "./bucket-rules.ts";
import { keepDeletedProblems, versioned } from "./versioned.ts";

export interface DumpStoreArgs extends BucketArgs {
  /** Days for which a dump that was overwritten or deleted is kept: how long a mistake, or a stolen key's, can be undone. @default 30 */
  keepDeletedDays?: number;
  /** Changes the wrapped resources. @default unchanged */
  transform?: Omit<BucketTransforms, "cdn" | "cors">;
}

/**
 * A private, versioned bucket for dumps of databases, which should be in another region than they are. It has no CDN endpoint.
 *
 * Which dumps are old is the affair of whoever makes them: a bucket that expired them by their age would lose the last ones when no
 * new ones are made. Spaces knows no key that can only write: whoever has this one can delete dumps, which then stay as versions.
 * Deleting the versions as well is refused to nobody who has it (Spaces has no object lock), so a copy elsewhere is one more lock.
 */
export class DumpStore extends Bucket {
  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: DumpStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const { keepDeletedDays = 30 } = args;
    const problems = [...bucketProblems(name, args), ...keepDeletedProblems(keepDeletedDays)];
    if (problems.length) throw new InvalidArguments(name, problems);
    const bucket = versioned(keepDeletedDays);
    super("breakwater:data:DumpStore", name, args, { bucket }, { keepDeletedDays }, opts);
    this.registerOutputs({
      bucketName: this.bucketName,
      region: this.region,
      endpoint: this.endpoint,
      accessKeyId: this.accessKeyId,
      monthlyCost: this.monthlyCost,
    });
  }
}
