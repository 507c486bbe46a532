import { createHmac } from "node:crypto";
import { queryPairs, type Signable } from "./signature.ts";

/**
 * AWS Signature Version 2, in which boto3 signs URLs unless it is told otherwise, and which Spaces takes beside version 4
 * (https://docs.digitalocean.com/products/spaces/reference/s3-compatibility/,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html). It covers neither body nor host.
 */

/** The parameters that are signed, beside `response-*`. */
const SIGNED = new Set(
  "acl cors delete lifecycle location logging notification partNumber policy requestPayment"
    .split(" ")
    .concat("tagging torrent uploadId uploads versionId versioning versions website".split(" ")),
);

export const signatureV2 = (secret: string, text: string): string =>
  createHmac("sha1", secret).update(text).digest("base64");

/**
 * What is signed of a request.
 *
 * @param date the `Date` header, empty beside `x-amz-date`; of a URL the second at which it expires
 * @param bucket the one that the host names, which stands before the path
 */
export function textToSign(request: Signable, date: string, bucket: string | undefined): string {
  const { method, path, query, headers } = request;
  const pairs = queryPairs(query);
  // A URL carries the headers that were signed with it among its parameters.
  const carried = pairs.filter(([name]) => name.startsWith("x-amz-"));
  const amz = [...Object.entries(headers).filter(([name]) => name.startsWith("x-amz-")), ...carried]
    .map(([name, value = ""]) => `${name}:${value.trim()}\n`)
    .sort();
  const signed = pairs
    .filter(([name]) => SIGNED.has(name) || name.startsWith("response-"))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  // A bucket alone is signed with a slash behind it (botocore: HmacV1Auth.canonical_resource).
  const bare = bucket === undefined && /^\/[^/]+$/.test(path) ? `${path}/` : path;
  const resource = `${bucket === undefined ? "" : `/${bucket}`}${bare}${signed.length === 0 ? "" : `?${signed.join("&")}`}`;
  return [
    method,
    headers["content-md5"] ?? "",
    headers["content-type"] ?? "",
    date,
    amz.join("") + resource,
  ].join("\n");
}
