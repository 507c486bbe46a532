import * as z from "zod";
import { type Call, timestamp } from "../call.ts";
import { badRequest } from "../errors.ts";
import { create, resource, update } from "../resource.ts";
import { allBuckets, KIND as BUCKET, type Bucket, domainOf, findBucket } from "../spaces/bucket.ts";
import {
  ensureAccountKey,
  type Grant,
  hasFullAccess,
  type Key,
  KIND,
  newAccessKeyId,
  newSecret,
} from "../spaces/keys.ts";
import type { Saved } from "../store.ts";
import type { Area } from "./area.ts";

/** The keys of Spaces. Buckets have no routes in this API: theirs is S3's, in ../spaces. */

/** https://docs.digitalocean.com/products/spaces/details/limits/ (2026-01). */
const MAX_KEYS = 200;

const Grants = z.array(
  z.object({ bucket: z.string().nullish(), permission: z.enum(["read", "readwrite", "fullaccess"]) }),
);
const Name = z.string().min(1).max(255);
const Changes = z.object({ name: Name.nullish(), grants: Grants.nullish() });

export const keys = resource<Key>({
  kind: KIND,
  path: "/v2/spaces/keys",
  roots: ["key", "keys"],
  invalid: badRequest,
  newId: newAccessKeyId,

  create: create({
    input: z.object({ name: Name, grants: Grants.nullish() }),
    make(input, call) {
      if (keys.all(call).length >= MAX_KEYS) throw badRequest(`you can have ${MAX_KEYS} keys at most`);
      const grants = checked(input.grants ?? [], call);
      return { name: input.name, secret: call.vault.encrypt(newSecret()), grants };
    },
    shown: (key, call) => ({ secret_key: call.vault.decrypt(key.secret) }),
  }),

  update: {
    PUT: update({ input: Changes, apply: changed }),
    PATCH: update({ input: Changes, apply: changed }),
  },
  remove: {},

  listed(key, call) {
    const wanted = (field: string) => call.query.get(field) || undefined;
    const [name, bucket, permission] = ["name", "bucket", "permission"].map(wanted);
    return (
      (name === undefined || key.name === name) &&
      (bucket === undefined || key.grants.some((grant) => grant.bucket === bucket)) &&
      (permission === undefined || key.grants.some((grant) => grant.permission === permission))
    );
  },
  view: (key) => ({
    name: key.name,
    access_key: key.id,
    grants: key.grants,
    created_at: timestamp(key.createdAt),
  }),
  row: (key) => ({
    detail: key.grants.map(({ bucket, permission }) => `${permission} ${bucket}`).join(", ") || "no grants",
  }),
});

/** Full access goes before everything else that is granted with it (API description, spacesKey_create). */
function checked(input: z.output<typeof Grants>, call: Call): Grant[] {
  const grants = input.map(({ bucket, permission }) => ({ bucket: bucket ?? "", permission }));
  if (hasFullAccess(grants)) return [{ bucket: "", permission: "fullaccess" }];
  // https://docs.digitalocean.com/products/spaces/how-to/configure-bucket-policies/: policies and limited keys exclude each other.
  const closed = grants.find(({ bucket }) => findBucket(call, bucket)?.policy);
  if (closed)
    throw badRequest(
      `grants: the bucket ${closed.bucket} has a policy: no limited key can have access to it`,
    );
  return grants;
}

/** A key with full access stays one, and a limited one limited (API description, spacesKey_update). */
function changed(key: Saved<Key>, input: z.output<typeof Changes>, call: Call): Saved<Key> {
  const grants = input.grants ? checked(input.grants, call) : key.grants;
  if (hasFullAccess(grants) !== hasFullAccess(key.grants))
    throw badRequest("a key with full access can not become a limited one, nor the reverse");
  return { ...key, name: input.name ?? key.name, grants };
}

const buckets = {
  about: { kind: BUCKET },
  routes: [],
  rows: (call: Call) =>
    allBuckets(call).map((bucket: Saved<Bucket>) => ({
      name: bucket.name,
      where: bucket.region,
      address: domainOf(bucket),
      detail: [bucket.acl, bucket.versioning && "versioned", bucket.policy && "policy"]
        .filter(Boolean)
        .join(", "),
    })),
};

export const area: Area = { title: "Spaces", resources: [buckets, keys], seed: ensureAccountKey };
