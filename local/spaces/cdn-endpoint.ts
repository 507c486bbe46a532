import type { World } from "../call.ts";
import type { Saved } from "../store.ts";
import { type Bucket, domainOf, findBucket } from "./bucket.ts";

/** A CDN endpoint: a bucket's public objects under another host name, kept near their readers for a while. Its name is its origin. */
export interface CdnEndpoint {
  /** Seconds for which an object that says nothing itself is kept. */
  readonly ttl: number;
  /** Another host name that leads to it; "" for none. */
  readonly customDomain: string;
  /** The name of the certificate of that host; "" for none. An id would change with each renewal. */
  readonly certificate: string;
  /** What was purged, and when: what was kept before is not served any more. */
  readonly purges: readonly Purge[];
}

export interface Purge {
  /** A path without its first slash; a last `*` stands for any rest. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export const KIND = "CDN endpoint";

/** The bucket that an origin `<bucket>.<region>.digitaloceanspaces.com` is; a name with dots is none. */
export function bucketOf(world: Pick<World, "store">, origin: string): Saved<Bucket> | undefined {
  const [name = ""] = origin.split(".");
  const bucket = findBucket(world, name);
  return bucket && domainOf(bucket) === origin ? bucket : undefined;
}

export const hostOf = (origin: string): string => origin.replace(/\.digitaloceanspaces\.com$/, ".cdn$&");

/** The endpoint in front of a bucket. */
export function endpointOf({ store }: Pick<World, "store">, name: string): Saved<CdnEndpoint> | undefined {
  return store.list<CdnEndpoint>(KIND, "").find((endpoint) => endpoint.name.split(".")[0] === name);
}

/** The endpoint that a custom domain leads to. */
export function endpointAt({ store }: Pick<World, "store">, host: string): Saved<CdnEndpoint> | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return store.list<CdnEndpoint>(KIND, "").find(({ customDomain }) => customDomain === name);
}

export const isPurged = (purges: readonly Purge[], path: string, since: number): boolean =>
  purges.some(({ path: pattern, at }) => {
    const matches = pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
    return matches && since <= at;
  });
