import { cannedAcl } from "./acl.ts";
import type { Content, Entry, Versioning } from "./entries.ts";
import { SpacesError } from "./errors.ts";
import { expiryOf, type LifecycleRule } from "./lifecycle.ts";
import type { Headers, ObjectCall } from "./operation.ts";

/** What an object has beside its bytes, in the headers of requests and answers. */

const KEPT = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];
const REDIRECT = "x-amz-website-redirect-location";
const META = "x-amz-meta-";
/** User metadata a request may have, in bytes (S3's limit). */
const MAX_METADATA = 2048;

/** What would be promised and not done. */
const UNSERVED: readonly (readonly [header: RegExp, what: string])[] = [
  [/^x-amz-(copy-source-)?server-side-encryption-customer-/, "encryption with keys of your own (SSE-C)"],
  [/^x-amz-server-side-encryption-aws-/, "encryption with KMS"],
  [/^x-amz-grant-/, "grants in headers: use x-amz-acl"],
  [/^x-amz-tagging$/, "tags of objects"],
  [/^x-amz-object-lock-/, "object lock"],
];

/** @throws SpacesError NotImplemented for what this Spaces does not do, rather than to leave it out */
export function refuseUnserved(headers: Headers): void {
  for (const [header, what] of UNSERVED)
    if (Object.keys(headers).some((name) => header.test(name)))
      throw new SpacesError("NotImplemented", `Not served here: ${what}`);
}

/** What an upload says of its object. */
export function described({ headers }: Pick<ObjectCall, "headers">): Omit<Content, "segments" | "checksums"> {
  const metadata = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(META) ? [[name.slice(META.length), value ?? ""]] : [],
    ),
  );
  if (Object.entries(metadata).join("").length > MAX_METADATA)
    throw new SpacesError(
      "InvalidRequest",
      `Your metadata headers exceed the maximum allowed metadata size: ${MAX_METADATA} bytes`,
    );
  const kept = [...KEPT, REDIRECT].flatMap((name) => {
    const value = name === "content-encoding" ? withoutChunks(headers[name]) : headers[name];
    return value === undefined || value === "" ? [] : [[name, value]];
  });
  return {
    headers: { "content-type": "binary/octet-stream", ...Object.fromEntries(kept) },
    metadata,
    acl: cannedAcl(headers["x-amz-acl"]) ?? "private",
  };
}

/** How a body travelled says nothing of the object. */
const withoutChunks = (encoding: string | undefined): string | undefined =>
  encoding
    ?.split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "aws-chunked")
    .join(", ");

/** An object's headers in an answer. */
export function shown(entry: Entry, rules: readonly LifecycleRule[]): Record<string, string | number> {
  const { headers, metadata } = entry.content;
  const expiry = entry.latest ? expiryOf(rules, entry) : undefined;
  return {
    ...headers,
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [META + name, value])),
    etag: `"${entry.etag}"`,
    "last-modified": new Date(entry.modified).toUTCString(),
    "accept-ranges": "bytes",
    ...(expiry && {
      "x-amz-expiration": `expiry-date="${new Date(expiry.at).toUTCString()}", rule-id="${expiry.rule}"`,
    }),
  };
}

/** A bucket that was never versioned says nothing of versions. */
export const versionHeader = (entry: Entry | undefined, versioning: Versioning): Record<string, string> =>
  entry && versioning !== "" ? { "x-amz-version-id": entry.version } : {};

/** Of a write, where versioning is suspended neither (Ceph's s3-tests). */
export const writtenVersion = (entry: Entry, versioning: Versioning): Record<string, string> =>
  versioning === "Enabled" ? versionHeader(entry, versioning) : {};

export const checksumHeaders = (checksums: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]));

/** `response-content-type` and others: the answer's headers as a signed URL wants them. */
export function overrides({ query, requester }: ObjectCall): Record<string, string> {
  const found = KEPT.flatMap((name) => {
    const value = query.get(`response-${name}`);
    return value === null ? [] : [[name, value]];
  });
  if (found.length > 0 && !requester.key)
    throw new SpacesError(
      "InvalidRequest",
      "Request specific response headers cannot be used for anonymous GET requests.",
    );
  return Object.fromEntries(found);
}

/**
 * Compares what the request demands of the object (RFC 9110, 13.2.2).
 *
 * @param prefix `x-amz-copy-source-` for the conditions on what is copied
 * @throws SpacesError PreconditionFailed; NotModified where a reader has it already
 */
export function checkConditions(headers: Headers, entry: Entry, isRead: boolean, prefix = ""): void {
  const header = (name: string) => headers[prefix + name];
  const time = (name: string) => Date.parse(header(name) ?? "");
  const modified = Math.floor(entry.modified / 1000) * 1000;
  const failed = (name: string) =>
    new SpacesError(
      "PreconditionFailed",
      `At least one of the pre-conditions you specified did not hold: ${prefix}${name}`,
    );
  const [match, none] = [header("if-match"), header("if-none-match")];
  if (match !== undefined && !matches(match, entry.etag)) throw failed("if-match");
  if (match === undefined && modified > time("if-unmodified-since")) throw failed("if-unmodified-since");
  const unchanged =
    none === undefined ? isRead && modified <= time("if-modified-since") : matches(none, entry.etag);
  if (!unchanged) return;
  if (!isRead || prefix !== "") throw failed("if-none-match");
  throw new SpacesError("NotModified", "", {
    etag: `"${entry.etag}"`,
    "last-modified": new Date(modified).toUTCString(),
  });
}

const matches = (list: string, etag: string): boolean =>
  list.split(",").some((one) => ["*", etag, `"${etag}"`, `W/"${etag}"`].includes(one.trim()));
