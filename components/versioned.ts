import type * as digitalocean from "@pulumi/digitalocean";

/** Arguments of a bucket that keeps what was overwritten or deleted for some days: how long a mistake can be undone. */
export const versioned = (
  keepDeletedDays: number,
): Pick<digitalocean.SpacesBucketArgs, "versioning" | "lifecycleRules"> => ({
  versioning: { enabled: true },
  lifecycleRules: [
    {
      id: "versions",
      enabled: true,
      noncurrentVersionExpiration: { days: keepDeletedDays },
      // What is left of a deleted object when its last version is gone.
      expiration: { expiredObjectDeleteMarker: true },
      // What a program that was killed had uploaded.
      abortIncompleteMultipartUploadDays: 1,
    },
  ],
});

/** What is wrong with the days, for the message. */
export const keepDeletedProblems = (keepDeletedDays: number): string[] =>
  Number.isInteger(keepDeletedDays) && keepDeletedDays >= 1
    ? []
    : [`keepDeletedDays ${keepDeletedDays} must be 1 or more`];
