import { aclFromXml, aclXml, cannedAcl } from "./acl.ts";
import { findBucket } from "./bucket.ts";
import { corsFromXml, corsXml } from "./cors.ts";
import { type Code, SpacesError } from "./errors.ts";
import { KIND as KEY, type Key } from "./keys.ts";
import { lifecycleFromXml, lifecycleXml } from "./lifecycle.ts";
import { type BucketCall, type BucketOperation, changeBucket, type SpacesReply } from "./operation.ts";
import { parsePolicy } from "./policy.ts";
import { document, parseXml } from "./xml.ts";

/** What can be set on a bucket: ACL, versioning, lifecycle, CORS, policy, access logs. */

const MAX_BODY = 256 * 1024;
const ok = (body?: string): SpacesReply => ({ status: 200, ...(body !== undefined && { body }) });
const gone = (): SpacesReply => ({ status: 204 });
const unless = (isThere: boolean, code: Code, message: string): void => {
  if (!isThere) throw new SpacesError(code, message);
};

/** Reading and writing need full access: limited keys are for objects. */
const reads = (sub: string, action: string, run: BucketOperation["run"]): BucketOperation => ({
  ...{ method: "GET", sub, action, needs: "fullaccess", run },
});
const writes = (
  sub: string,
  action: string,
  run: (call: BucketCall, body: string) => SpacesReply,
): BucketOperation => ({
  ...{ method: "PUT", sub, action, needs: "fullaccess" },
  run: async (call) => run(call, await call.payload.text(MAX_BODY)),
});
const deletes = (sub: string, action: string, run: (call: BucketCall) => void): BucketOperation => ({
  ...{ method: "DELETE", sub, action, needs: "fullaccess" },
  run(call) {
    run(call);
    return gone();
  },
});

export const configuration: readonly BucketOperation[] = [
  reads("acl", "s3:GetBucketAcl", ({ bucket }) => ok(document("AccessControlPolicy", aclXml(bucket.acl)))),
  writes("acl", "s3:PutBucketAcl", (call, body) => {
    const acl = cannedAcl(call.headers["x-amz-acl"]) ?? (body === "" ? undefined : aclFromXml(body));
    if (acl === undefined)
      throw new SpacesError("InvalidRequest", "Your request was missing a required header: x-amz-acl");
    changeBucket(call, { acl });
    return ok();
  }),

  {
    ...reads("versioning", "s3:GetBucketVersioning", ({ bucket }) =>
      ok(document("VersioningConfiguration", { Status: bucket.versioning || undefined })),
    ),
    needs: "read",
  },
  writes("versioning", "s3:PutBucketVersioning", (call, body) => {
    const versioning = parseXml(body, "VersioningConfiguration").text("Status");
    if (versioning !== "Enabled" && versioning !== "Suspended")
      throw new SpacesError("MalformedXML", "Status must be Enabled or Suspended");
    changeBucket(call, { versioning });
    return ok();
  }),

  reads("lifecycle", "s3:GetLifecycleConfiguration", ({ bucket: { lifecycle } }) => {
    unless(
      lifecycle.length > 0,
      "NoSuchLifecycleConfiguration",
      "The lifecycle configuration does not exist",
    );
    return ok(document("LifecycleConfiguration", lifecycleXml(lifecycle)));
  }),
  writes("lifecycle", "s3:PutLifecycleConfiguration", (call, body) => {
    changeBucket(call, { lifecycle: lifecycleFromXml(body) });
    return ok();
  }),
  deletes("lifecycle", "s3:PutLifecycleConfiguration", (call) => changeBucket(call, { lifecycle: [] })),

  reads("cors", "s3:GetBucketCORS", ({ bucket: { cors } }) => {
    unless(cors.length > 0, "NoSuchCORSConfiguration", "The CORS configuration does not exist");
    return ok(document("CORSConfiguration", corsXml(cors)));
  }),
  writes("cors", "s3:PutBucketCORS", (call, body) => {
    changeBucket(call, { cors: corsFromXml(body) });
    return ok();
  }),
  deletes("cors", "s3:PutBucketCORS", (call) => changeBucket(call, { cors: [] })),

  reads("policy", "s3:GetBucketPolicy", ({ bucket: { policy } }) => {
    unless(policy !== "", "NoSuchBucketPolicy", "The bucket policy does not exist");
    return { status: 200, headers: { "content-type": "application/json" }, body: policy };
  }),
  writes("policy", "s3:PutBucketPolicy", (call, policy) => {
    parsePolicy(policy, call.bucket.name);
    // https://docs.digitalocean.com/products/spaces/how-to/configure-bucket-policies/: policies and limited keys exclude each other.
    const limited = call.store
      .list<Key>(KEY, "")
      .find(({ grants }) => grants.some(({ bucket }) => bucket === call.bucket.name));
    if (limited)
      throw new SpacesError(
        "AccessDenied",
        `A bucket that a limited key has access to can have no policy: ${limited.name}`,
      );
    changeBucket(call, { policy });
    return gone();
  }),
  deletes("policy", "s3:DeleteBucketPolicy", (call) => changeBucket(call, { policy: "" })),

  reads("logging", "s3:GetBucketLogging", ({ bucket: { logging } }) =>
    ok(
      document("BucketLoggingStatus", {
        LoggingEnabled: logging && { TargetBucket: logging.bucket, TargetPrefix: logging.prefix },
      }),
    ),
  ),
  writes("logging", "s3:PutBucketLogging", (call, body) => {
    const enabled = parseXml(body, "BucketLoggingStatus").one("LoggingEnabled");
    const logging = enabled && {
      bucket: enabled.text("TargetBucket") ?? "",
      prefix: enabled.text("TargetPrefix") ?? "",
    };
    const target = logging && findBucket(call, logging.bucket);
    if (logging && (!target || target.name === call.bucket.name || target.region !== call.bucket.region))
      throw new SpacesError(
        "InvalidTargetBucketForLogging",
        `The target for logging must be another bucket of yours in ${call.bucket.region}: ${logging.bucket} is not`,
      );
    changeBucket(call, { logging });
    return ok();
  }),
];
