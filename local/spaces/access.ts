import { OWNER, readableBy } from "./acl.ts";
import { allows, type Permission } from "./keys.ts";
import type { BucketCall } from "./operation.ts";
import { arn, parsePolicy, verdictOf } from "./policy.ts";

/** Something that a request wants to do. */
export interface Wish {
  readonly action: string;
  /** The object; undefined for the bucket. */
  readonly key?: string;
  readonly needs: Permission;
  /** Whether a public ACL allows it. */
  readonly open: boolean;
}

/**
 * A policy's denial is above everything, for the account as well; then whatever allows it is enough: the policy, the key's grants, an ACL.
 * So does Ceph's gateway, which Spaces is made of (rgw_common.cc, verify_bucket_permission).
 */
export function may(call: BucketCall, wish: Wish): boolean {
  const { bucket, requester } = call;
  if (bucket.policy !== "") {
    const verdict = verdictOf(parsePolicy(bucket.policy, bucket.name), {
      account: requester.key && OWNER.ID,
      action: wish.action,
      resource: arn(bucket.name, wish.key),
      context: contextOf(call),
    });
    if (verdict !== undefined) return verdict === "Allow";
  }
  return allows(requester.key?.grants ?? [], bucket.name, wish.needs) || wish.open;
}

function contextOf(call: BucketCall): Record<string, string | undefined> {
  const { headers, query } = call;
  const parameter = (name: string) => query.get(name) ?? undefined;
  return {
    "aws:sourceip": call.source,
    "aws:securetransport": "false",
    "aws:currenttime": new Date(call.now).toISOString(),
    "aws:referer": headers.referer,
    "aws:useragent": headers["user-agent"],
    "s3:prefix": parameter("prefix"),
    "s3:delimiter": parameter("delimiter"),
    "s3:max-keys": parameter("max-keys"),
    "s3:versionid": parameter("versionId"),
    "s3:x-amz-acl": headers["x-amz-acl"],
    "s3:authtype": call.requester.key && (call.requester.presigned ? "REST-QUERY-STRING" : "REST-HEADER"),
  };
}

/** Whether the requester may see the bucket's listing, and so learn that a key does not exist. */
export const mayList = (call: BucketCall): boolean =>
  may(call, {
    action: "s3:ListBucket",
    needs: "read",
    open: readableBy(call.bucket.acl, call.requester.key !== undefined),
  });
