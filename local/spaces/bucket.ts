import type { Call } from "../call.ts";
import type { Saved } from "../store.ts";
import type { Acl } from "./acl.ts";
import type { CorsRule } from "./cors.ts";
import type { Versioning } from "./entries.ts";
import { SpacesError } from "./errors.ts";
import type { LifecycleRule } from "./lifecycle.ts";

/** A bucket: its region and what is set on it. Its URN is `do:space:<name>`, which projects know it by. */
export interface Bucket {
  readonly region: string;
  readonly acl: Acl;
  readonly versioning: Versioning;
  readonly lifecycle: readonly LifecycleRule[];
  readonly cors: readonly CorsRule[];
  /** The policy's JSON as it was put; "" for none. */
  readonly policy: string;
  readonly logging?: { readonly bucket: string; readonly prefix: string };
}

export const KIND = "bucket";
/** Buckets an account may have (https://docs.digitalocean.com/products/spaces/details/limits/, 2026-01). */
export const MAX_BUCKETS = 100;

type World = Pick<Call, "store">;

export const findBucket = ({ store }: World, name: string): Saved<Bucket> | undefined =>
  store.named<Bucket>(KIND, "", name);

export function mustBucket(world: World, name: string): Saved<Bucket> {
  const bucket = findBucket(world, name);
  if (!bucket) throw new SpacesError("NoSuchBucket", "The specified bucket does not exist");
  return bucket;
}

export const allBuckets = ({ store }: World): Saved<Bucket>[] => store.list<Bucket>(KIND, "");

export const domainOf = ({ name, region }: Pick<Saved<Bucket>, "name" | "region">): string =>
  `${name}.${region}.digitaloceanspaces.com`;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html: DNS names, so no capitals and no underscores. */
export function checkName(name: string): void {
  const isName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) && name.length >= 3 && name.length <= 63;
  if (!isName || /\.\.|\.-|-\./.test(name) || /^\d+\.\d+\.\d+\.\d+$/.test(name))
    throw new SpacesError(
      "InvalidBucketName",
      `${name}: a bucket's name has 3 to 63 lower-case letters, digits and dashes, and starts and ends with a letter or digit`,
    );
}
