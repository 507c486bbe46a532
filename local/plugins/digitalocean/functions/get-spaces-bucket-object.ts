/** An object, with its content where that is text (terraform-provider-digitalocean: datasource_spaces_bucket_object). */
import type { Invokable } from "../../provider/resource.ts";
import { integer, map, notEmpty, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { onBucket, placeOf } from "../buckets.ts";
import { cleaned } from "../resources/spaces-bucket-object.ts";
import { named } from "../rest.ts";
import { spacesRegion } from "../spaces.ts";

const output = string({ output: true });
/** Results that are headers of the object. */
const headers = {
  cacheControl: "cache-control",
  contentDisposition: "content-disposition",
  contentEncoding: "content-encoding",
  contentLanguage: "content-language",
  contentType: "content-type",
  expiration: "x-amz-expiration",
  expires: "expires",
  websiteRedirectLocation: "x-amz-website-redirect-location",
} as const;

export default {
  properties: {
    bucket: string({ required: true, check: notEmpty }),
    region: spacesRegion({ required: true }),
    key: string({ required: true }),
    range: string(),
    versionId: string(),
    ...Object.fromEntries(Object.keys(headers).map((name) => [name, output])),
    body: output,
    contentLength: integer({ output: true }),
    etag: output,
    lastModified: output,
    metadata: map(string(), { output: true }),
  },
  invoke: (operation, inputs) =>
    named("getting S3 object", async () => {
      const { bucket, key, range, versionId } = inputs;
      const request = {
        key: cleaned(key),
        query: versionId ? `versionId=${encodeURIComponent(String(versionId))}` : "",
        ...(range && { headers: { range: String(range) } }),
      };
      const head = await onBucket(operation, placeOf(inputs), { ...request, method: "HEAD" });
      const own = Object.entries(headers).map(([name, header]) => [name, head.headers[header] ?? ""]);
      const isText = /^(text\/.+|application\/json)$/.test(head.headers["content-type"] ?? "");
      const content = isText
        ? await onBucket(operation, placeOf(inputs), { ...request, method: "GET" })
        : undefined;
      const metadata = Object.entries(head.headers).flatMap(([name, value]) =>
        name.startsWith("x-amz-meta-") ? [[name.slice("x-amz-meta-".length), value ?? ""]] : [],
      );
      const path = `${String(bucket)}/${String(key)}`;
      return {
        ...inputs,
        ...Object.fromEntries(own),
        id: versionId ? `${path}@${String(versionId)}` : path,
        body: content?.body.toString() ?? "",
        contentLength: Number(head.headers["content-length"] ?? 0),
        etag: (head.headers.etag ?? "").replaceAll('"', ""),
        // RFC 1123 as Go writes it, in UTC.
        lastModified: (head.headers["last-modified"] ?? "").replace(/GMT$/, "UTC"),
        metadata: Object.fromEntries(metadata),
        versionId: head.headers["x-amz-version-id"] ?? "",
      };
    }),
} satisfies Invokable<Api>;
