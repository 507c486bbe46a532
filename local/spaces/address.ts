/** What a request addresses: the service alone, a bucket, or an object. */
export interface Address {
  readonly bucket?: string;
  /** Decoded. */
  readonly key?: string;
  /** The region that the host names. */
  readonly region?: string;
  /** The CDN is asked: the path of the object as it travels, without its first slash. */
  readonly cdn?: string;
}

/** Where there are Spaces (terraform-provider-digitalocean: spaces_entities.go). */
export const REGIONS = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc3",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
];
/** Of a bucket whose region neither host nor body names: the provider's default. */
export const DEFAULT_REGION = "nyc3";

/** The names of the platform, and those under which a browser reaches this machine without asking anyone (RFC 6761). */
const NAMED = new RegExp(
  `^(?:(.+)\\.)?(${REGIONS.join("|")})(\\.cdn)?\\.digitaloceanspaces\\.(?:com|localhost)$`,
);
/** Any other host that names a region, as an endpoint of the user's own may. */
const REGIONAL = new RegExp(`^(?:(.+)\\.)?(${REGIONS.join("|")})()\\..+$`);
const CDN_PATH = /^\/cdn\/([^/]+)(\/.*)?$/;

/**
 * Reads host and path. An object of bucket `b` in fra1 is `http://b.fra1.<anything>/key` (virtual-host style),
 * `http://fra1.<anything>/b/key`, or on an address or `localhost` `/b/key` (path style). On a host that names no region the first
 * label is a bucket if there is one of that name, or if it would have to be one: nothing but a bucket can be put at `/`.
 * The CDN answers as `http://b.fra1.cdn.<the platform's name>/key`, and on an address as `/cdn/b/key`.
 *
 * @param hasBucket whether there is a bucket of that name
 */
export function addressOf(
  host: string,
  path: string,
  method: string,
  hasBucket: (name: string) => boolean,
): Address {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  const [, bucket, region, cdn] = NAMED.exec(name) ?? REGIONAL.exec(name) ?? [];
  if (region !== undefined) {
    if (bucket !== undefined && cdn) return { ...behindCdn(bucket, path), region };
    return { ...(bucket === undefined ? pathStyle(path) : { bucket, ...keyIn(path) }), region };
  }
  if (/^(localhost|\[.*\]|[\d.]+)$/.test(name)) {
    const [, cdnBucket, rest = "/"] = CDN_PATH.exec(path) ?? [];
    return cdnBucket === undefined ? pathStyle(path) : behindCdn(decoded(cdnBucket), rest);
  }
  const [, label] = /^([^.]+)\../.exec(name) ?? [];
  const isBucket = label !== undefined && (hasBucket(label) || (path === "/" && method !== "GET"));
  return isBucket ? { bucket: label, ...keyIn(path) } : pathStyle(path);
}

/** The bucket of an address, where it was the host that named it. */
export const hostBucketOf = (address: Address, path: string): string | undefined =>
  address.cdn === undefined && keyIn(path).key === address.key ? address.bucket : undefined;

/** An object of a bucket that the CDN is asked for. */
export const behindCdn = (bucket: string, path: string): Address => ({
  bucket,
  ...keyIn(path),
  cdn: path.slice(1),
});

function pathStyle(path: string): Address {
  const [, bucket = "", key = ""] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  return bucket === "" ? {} : { bucket: decoded(bucket), ...keyIn(key) };
}

const keyIn = (path: string): { key?: string } => (path.length > 1 ? { key: decoded(path.slice(1)) } : {});

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
