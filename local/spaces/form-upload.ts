import { may } from "./access.ts";
import { writableBy } from "./acl.ts";
import { checkSignature, type Requester, signerOf } from "./authenticate.ts";
import { SpacesError } from "./errors.ts";
import { readForm } from "./form.ts";
import { checkForm } from "./form-policy.ts";
import { putObject } from "./objects.ts";
import type { BucketCall, BucketOperation, Headers, SpacesReply } from "./operation.ts";
import { Payload } from "./payload.ts";
import { signingKey, signText, UNSIGNED_PAYLOAD } from "./signature.ts";
import { signatureV2 } from "./signature-v2.ts";
import { document } from "./xml.ts";

/**
 * Uploads from a browser's form: what somebody with a key has allowed by signing a policy, and what a bucket that everyone may write takes
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html).
 */
export const formUpload: BucketOperation = {
  ...{ method: "POST", sub: "", action: "s3:PutObject", needs: "readwrite" },
  // Who asks stands in the form.
  open: () => true,
  async run(call) {
    const { bucket, headers, payload } = call;
    const form = await readForm(payload.body, headers["content-type"] ?? "");
    const fields = new Map(form.fields);
    const key = fields.get("key")?.replace(/\$\{filename\}/g, () => form.filename);
    if (!key) throw new SpacesError("InvalidArgument", "Bucket POST must contain a field named 'key'.");
    fields.set("key", key).set("bucket", bucket.name);
    const policy = fields.get("policy");
    const signed = policy === undefined ? undefined : signer(call, policy, fields);
    const requester = signed ?? call.requester;
    const sizes = policy === undefined ? undefined : checkForm(policy, fields, call.now).sizes;
    const file = sizes ? sized(form.file, sizes.least, sizes.most) : form.file;
    const described = headersIn(fields);
    const upload = {
      ...{ ...call, key, requester, headers: described },
      payload: new Payload(file, described, UNSIGNED_PAYLOAD, undefined),
    };
    const open = writableBy(bucket.acl);
    if (!may(upload, { action: "s3:PutObject", key, needs: "readwrite", open }))
      throw new SpacesError("AccessDenied", "Access Denied");
    return answered(call, key, fields, await putObject(upload));
  },
};

/** Who has signed the policy, in either version. */
function signer(call: BucketCall, policy: string, fields: ReadonlyMap<string, string>): Requester {
  const field = (name: string) => {
    const value = fields.get(name.toLowerCase());
    if (value === undefined)
      throw new SpacesError("InvalidArgument", `Bucket POST must contain a field named '${name}'.`);
    return value;
  };
  if (fields.has("x-amz-signature")) {
    const [id = "", , region = ""] = field("X-Amz-Credential").split("/");
    const { key, secret } = signerOf(call, id);
    const signing = signingKey(secret, { timestamp: field("X-Amz-Date"), region });
    checkSignature(signText(signing, [policy]), field("X-Amz-Signature"));
    return { key, payloadHash: UNSIGNED_PAYLOAD, presigned: false };
  }
  const signature = field("signature");
  const { key, secret } = signerOf(call, field("AWSAccessKeyId"));
  checkSignature(signatureV2(secret, policy), signature);
  return { key, payloadHash: UNSIGNED_PAYLOAD, presigned: false };
}

/** The fields that are what headers are of other uploads. Nobody says how long the file is. */
function headersIn(fields: ReadonlyMap<string, string>): Headers {
  const kept = [...fields].filter(([name]) => /^(cache-control|content-.*|expires|x-amz-.*)$/.test(name));
  return { ...Object.fromEntries(kept), "x-amz-acl": fields.get("acl"), "transfer-encoding": "chunked" };
}

async function* sized(
  file: AsyncIterable<Uint8Array>,
  least: number,
  most: number,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    if (size > most)
      throw new SpacesError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
    yield chunk;
  }
  if (size < least)
    throw new SpacesError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
}

/** 204 unless the form wants the browser elsewhere, or another status. */
function answered(
  { bucket }: BucketCall,
  key: string,
  fields: ReadonlyMap<string, string>,
  { headers = {} }: SpacesReply,
): SpacesReply {
  const ETag = String(headers.etag);
  const to = fields.get("success_action_redirect") ?? fields.get("redirect") ?? "";
  if (URL.canParse(to)) {
    const location = new URL(to);
    for (const [name, value] of Object.entries({ bucket: bucket.name, key, etag: ETag }))
      location.searchParams.append(name, value);
    return { status: 303, headers: { ...headers, location: location.href } };
  }
  const status = Number(fields.get("success_action_status"));
  if (status === 200) return { status, headers };
  if (status !== 201) return { status: 204, headers };
  const Location = `/${bucket.name}/${encodeURI(key)}`;
  const body = document("PostResponse", { Location, Bucket: bucket.name, Key: key, ETag });
  return { status, headers: { ...headers, location: Location }, body };
}
