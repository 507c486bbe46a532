import type { World } from "../call.ts";
import type { Saved } from "../store.ts";
import type { Acl } from "./acl.ts";
import type { Requester } from "./authenticate.ts";
import type { Blobs, Segment } from "./blobs.ts";
import { type Bucket, findBucket } from "./bucket.ts";
import { Entries } from "./entries.ts";
import { SpacesError } from "./errors.ts";
import type { Permission } from "./keys.ts";
import type { Payload } from "./payload.ts";
import { Uploads } from "./uploads.ts";

export type Headers = Readonly<Record<string, string | undefined>>;

/** One request to Spaces, checked and allowed, and the world it acts on. */
export interface SpacesCall extends World {
  readonly method: string;
  /** The region that the host names. */
  readonly region: string | undefined;
  /** By name in lower case; a repeated header is joined. */
  readonly headers: Headers;
  readonly query: URLSearchParams;
  readonly requester: Requester;
  /** The client's address. */
  readonly source: string;
  readonly payload: Payload;
  readonly blobs: Blobs;
  /** Milliseconds since the epoch; the same throughout the request. */
  readonly now: number;
}

/** A request on a bucket that exists. */
export interface BucketCall extends SpacesCall {
  readonly bucket: Saved<Bucket>;
}

/** A request on an object, which need not exist. */
export interface ObjectCall extends BucketCall {
  readonly key: string;
}

export interface Range {
  readonly segments: readonly Segment[];
  readonly start: number;
  readonly end: number;
}

export interface SpacesReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** XML or other text. */
  readonly body?: string;
  /** The bytes of an object from start up to end, instead of a body. */
  readonly content?: Range;
}

/** What one method of one subresource does. */
interface About {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** The query parameter that names it, `acl` in `?acl`; "" for the bucket or object itself. */
  readonly sub: string;
  /** Its name in policies. */
  readonly action: string;
  /** What a key must have been granted on the bucket. */
  readonly needs: Permission;
  /** What a public ACL allows of it: of the bucket's, or of the object's. */
  readonly open?: (acl: { bucket: Acl; object: Acl | undefined }, isKnown: boolean) => boolean;
}

export interface BucketOperation extends About {
  run(call: BucketCall): SpacesReply | Promise<SpacesReply>;
}
export interface ObjectOperation extends About {
  run(call: ObjectCall): SpacesReply | Promise<SpacesReply>;
}

/** What a write may change of a bucket's objects. */
export interface Changes {
  readonly bucket: Saved<Bucket>;
  readonly entries: Entries;
  readonly uploads: Uploads;
}

const ignore = () => {};

/** The objects of the call's bucket, to be read. */
export const entriesOf = ({ store, bucket }: BucketCall): Entries => new Entries(store, bucket.id, ignore);
export const uploadsOf = ({ store, bucket }: BucketCall): Uploads => new Uploads(store, bucket.id, ignore);

/**
 * Changes objects of the bucket in one transaction, and removes what nobody refers to any more once it is committed. The bucket is
 * read anew: it may have changed or gone while a body was on its way.
 */
export function change<R>(call: BucketCall, work: (changes: Changes) => R): R {
  const gone: Segment[] = [];
  const discard = (segments: readonly Segment[]) => void gone.push(...segments);
  const result = call.store.transaction(() => {
    const bucket = findBucket(call, call.bucket.name);
    if (bucket?.id !== call.bucket.id)
      throw new SpacesError("NoSuchBucket", "The specified bucket does not exist");
    return work({
      bucket,
      entries: new Entries(call.store, bucket.id, discard),
      uploads: new Uploads(call.store, bucket.id, discard),
    });
  });
  call.blobs.discard(gone);
  return result;
}

/** Changes what is set on the bucket. */
export function changeBucket(call: BucketCall, what: Partial<Bucket>): void {
  change(call, ({ bucket }) => call.store.update<Bucket>({ ...bucket, ...what }));
}
