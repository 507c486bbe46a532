import type { Saved } from "../store.ts";
import { may, mayList } from "./access.ts";
import { OWNER } from "./acl.ts";
import type { Address } from "./address.ts";
import { type Bucket, findBucket, mustBucket } from "./bucket.ts";
import { createBucket, deleteBucket, headBucket, listBuckets, location } from "./buckets.ts";
import { configuration } from "./configuration.ts";
import { copyObject } from "./copy.ts";
import { corsHeaders } from "./cors.ts";
import { SpacesError } from "./errors.ts";
import { formUpload } from "./form-upload.ts";
import { applyLifecycle } from "./lifecycle.ts";
import { listObjects, listUploads, listVersions } from "./listing.ts";
import { multiDelete } from "./multi-delete.ts";
import { multipart } from "./multipart.ts";
import { objectOperations } from "./objects.ts";
import {
  type BucketCall,
  type BucketOperation,
  change,
  entriesOf,
  type ObjectCall,
  type ObjectOperation,
  type SpacesCall,
  type SpacesReply,
} from "./operation.ts";

/** From a request that is authenticated to the operation that it asks for, if it may. */

const BUCKET: readonly BucketOperation[] = [
  headBucket,
  deleteBucket,
  location,
  listObjects,
  listVersions,
  listUploads,
  multiDelete,
  formUpload,
  ...configuration,
];
const OBJECT: readonly ObjectOperation[] = [...objectOperations, ...multipart];

/** Parameters that name what of a bucket or object is meant, S3's own that are not served here included. */
const SUBRESOURCES = [
  ...new Set([...BUCKET, ...OBJECT].map(({ sub }) => sub).filter((sub) => sub !== "")),
  ..."accelerate analytics attributes encryption intelligent-tiering inventory legal-hold metrics notification".split(
    " ",
  ),
  ..."object-lock ownershipControls publicAccessBlock policyStatus replication requestPayment restore".split(
    " ",
  ),
  ..."retention select tagging torrent website".split(" "),
];

export async function dispatch(call: SpacesCall, address: Address): Promise<SpacesReply> {
  if (address.bucket === undefined) {
    if (call.method === "GET") return listBuckets(call);
    throw notAllowed();
  }
  const sub = SUBRESOURCES.find((name) => call.query.has(name)) ?? "";
  if (address.key === undefined && call.method === "PUT" && sub === "")
    return createBucket(call, address.bucket);
  const there = { ...call, bucket: bucketAt(call, address.bucket, sub) };
  if (![undefined, OWNER.ID].includes(call.headers["x-amz-expected-bucket-owner"])) throw denied();
  try {
    const reply = await (address.key === undefined
      ? onBucket(there, sub)
      : onObject({ ...there, key: address.key }, sub));
    return { ...reply, headers: { ...reply.headers, ...crossOrigin(there) } };
  } catch (error) {
    // A page of another origin may see why it was refused.
    if (!(error instanceof SpacesError)) throw error;
    throw new SpacesError(error.code, error.message, { ...error.headers, ...crossOrigin(there) });
  }
}

/** The bucket as its lifecycle has left it by now. */
function bucketAt(call: SpacesCall, name: string, sub: string): Saved<Bucket> {
  // What Spaces says here, and the provider's messages rely on (resource_spaces_bucket_policy.go, ..._cors_configuration.go).
  if (call.method === "PUT" && ["policy", "cors"].includes(sub) && !findBucket(call, name))
    throw new SpacesError("NoSuchKey", `There is no bucket ${name}`);
  const bucket = mustBucket(call, name);
  if (call.region !== undefined && call.region !== bucket.region)
    throw new SpacesError("NoSuchBucket", `The specified bucket does not exist in ${call.region}`);
  change({ ...call, bucket }, ({ entries, uploads }) => applyLifecycle(bucket, entries, uploads, call.now));
  return bucket;
}

const notAllowed = () =>
  new SpacesError("MethodNotAllowed", "The specified method is not allowed against this resource.");

function found<O extends { sub: string; method: string }>(
  operations: readonly O[],
  method: string,
  sub: string,
): O {
  const named = operations.filter((operation) => operation.sub === sub);
  const operation = named.find((one) => one.method === method);
  if (operation) return operation;
  throw named.length > 0 ? notAllowed() : new SpacesError("NotImplemented", `Not served here: ?${sub}`);
}

function onBucket(call: BucketCall, sub: string): SpacesReply | Promise<SpacesReply> {
  const operation = found(BUCKET, call.method, sub);
  const open =
    operation.open?.({ bucket: call.bucket.acl, object: undefined }, call.requester.key !== undefined) ??
    false;
  if (!may(call, { ...operation, open })) throw denied();
  return operation.run(call);
}

function onObject(call: ObjectCall, sub: string): SpacesReply | Promise<SpacesReply> {
  const isCopy = call.method === "PUT" && sub === "" && call.headers["x-amz-copy-source"] !== undefined;
  const operation = isCopy ? copyObject : found(OBJECT, call.method, sub);
  const version = call.query.get("versionId");
  const entries = entriesOf(call);
  const entry = version === null ? entries.latest(call.key) : entries.version(call.key, version);
  const acl = { bucket: call.bucket.acl, object: entry?.content.acl };
  const open = operation.open?.(acl, call.requester.key !== undefined) ?? false;
  const action =
    version === null ? operation.action : operation.action.replace(/(Object)(Acl)?$/, "$1Version$2");
  if (may(call, { ...operation, action, key: call.key, open })) return operation.run(call);
  // Whoever may list the bucket may know that an object isn't there.
  const isMissing = (!entry || entry.marker) && (call.method === "GET" || call.method === "HEAD");
  throw isMissing && mayList(call)
    ? new SpacesError("NoSuchKey", "The specified key does not exist.")
    : denied();
}

const denied = () => new SpacesError("AccessDenied", "Access Denied");

/** What lets a page of another origin see the answer. */
function crossOrigin(call: BucketCall): Record<string, string> {
  const { origin, "access-control-request-method": method = call.method } = call.headers;
  return (origin && corsHeaders(call.bucket.cors, origin, method)) || {};
}

/** Whether a page of another origin may send what it is about to; asked without a signature. */
export function preflight(call: SpacesCall, address: Address): SpacesReply {
  const { origin, "access-control-request-method": method } = call.headers;
  if (origin === undefined || method === undefined)
    throw new SpacesError("InvalidRequest", "Insufficient information. Origin request header needed.");
  const asked = (call.headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((header) => header.trim());
  const headers = corsHeaders(
    mustBucket(call, address.bucket ?? "").cors,
    origin,
    method,
    asked.filter((header) => header !== ""),
  );
  if (!headers) throw new SpacesError("AccessDenied", "CORSResponse: This CORS request is not allowed.");
  return { status: 200, headers };
}
