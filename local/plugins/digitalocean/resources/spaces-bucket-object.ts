/** An object in a bucket (terraform-provider-digitalocean: resource_spaces_bucket_object). */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { equal } from "../../provider/plan.ts";
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { boolean, map, notEmpty, oneOf, type Properties, string } from "../../provider/schema.ts";
import { isObject, unknown, type Value, type Values } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import { empty, onBucket, placeOf } from "../buckets.ts";
import { named } from "../rest.ts";
import { type SpacesRequest, spacesRegion, unlessMissing } from "../spaces.ts";

const fixed = { required: true, replaces: true, check: notEmpty } as const;
const sources = ["source", "content", "contentBase64"];
const oneSource = (own: string) => ({ conflicts: sources.filter((name) => name !== own) });

const properties: Properties = {
  region: spacesRegion({ required: true }),
  bucket: string(fixed),
  key: string(fixed),
  /** Never read back. */
  acl: string({ default: "private", check: oneOf("private", "public-read") }),
  cacheControl: string(),
  contentDisposition: string(),
  contentEncoding: string(),
  contentLanguage: string(),
  metadata: map(string(), {
    check: (value) =>
      isObject(value) && Object.keys(value).some((name) => name !== name.toLowerCase())
        ? "must have keys in lower case"
        : undefined,
  }),
  contentType: string({ computed: true }),
  /** The path of a file. */
  source: string(oneSource("source")),
  content: string(oneSource("content")),
  contentBase64: string(oneSource("contentBase64")),
  etag: string({ computed: true }),
  versionId: string({ output: true }),
  websiteRedirect: string(),
  forceDestroy: boolean({ default: false }),
};

/** Properties that are headers of the object. */
const headers = {
  cacheControl: "cache-control",
  contentDisposition: "content-disposition",
  contentEncoding: "content-encoding",
  contentLanguage: "content-language",
  contentType: "content-type",
  websiteRedirect: "x-amz-website-redirect-location",
} as const;

/** A change of any of these uploads the object again, as a new version where there are versions. */
const uploaded = [...Object.keys(headers), ...sources, "etag", "metadata"];

const changed = (name: string, prior: Values, planned: Values): boolean =>
  !equal(properties[name], prior[name], planned[name]);

async function bodyOf({ source, content, contentBase64 }: Values): Promise<Buffer> {
  if (source) return readFile(String(source).replace(/^~(?=\/|$)/, homedir()));
  return content ? Buffer.from(String(content)) : Buffer.from(String(contentBase64 ?? ""), "base64");
}

/** As the Go client writes a key into a path: without slashes at the start, and none twice. */
export const cleaned = (key: Value | undefined): string =>
  String(key)
    .replace(/\/{2,}/g, "/")
    .replace(/^\//, "");

const call = (operation: Operation<Api>, state: Values, request: SpacesRequest) =>
  onBucket(operation, placeOf(state), { ...request, key: cleaned(state.key) });

async function put(operation: Operation<Api>, planned: Values): Promise<Existing> {
  const own = Object.entries(headers).flatMap(([name, header]) => {
    const value = planned[name];
    return value && value !== unknown ? [[header, String(value)]] : [];
  });
  const metadata = Object.entries(isObject(planned.metadata) ? planned.metadata : {});
  await call(operation, planned, {
    method: "PUT",
    body: await bodyOf(planned),
    headers: {
      "x-amz-acl": String(planned.acl),
      ...Object.fromEntries(own),
      ...Object.fromEntries(metadata.map(([name, value]) => [`x-amz-meta-${name}`, String(value)])),
    },
  });
  return after(operation, planned);
}

async function read(operation: Operation<Api>, state: Values): Promise<Existing | undefined> {
  const head = await unlessMissing(() => call(operation, state, { method: "HEAD" }));
  if (!head) return undefined;
  const metadata = Object.entries(head.headers).flatMap(([name, value]) =>
    name.startsWith("x-amz-meta-") ? [[name.slice("x-amz-meta-".length), value ?? ""]] : [],
  );
  const own = Object.entries(headers).map(([name, header]) => [name, head.headers[header] ?? ""]);
  return {
    id: String(state.key),
    state: {
      ...Object.fromEntries(own),
      metadata: Object.fromEntries(metadata),
      versionId: head.headers["x-amz-version-id"] ?? "",
      etag: (head.headers.etag ?? "").replaceAll('"', ""),
    },
  };
}

async function after(operation: Operation<Api>, state: Values): Promise<Existing> {
  const existing = await read(operation, state);
  if (!existing) throw new Error(`the object ${String(state.key)} is gone`);
  return existing;
}

const bucketObject: Resource<Api> = {
  properties,
  importId: () => {
    throw new Error("resource digitalocean_spaces_bucket_object doesn't support import");
  },
  plan: (planned, prior) =>
    prior && changed("etag", prior, planned) ? { ...planned, versionId: unknown } : planned,
  create: (operation, planned) => named("putting object in Spaces bucket", () => put(operation, planned)),
  read: (operation, _id, state) => named("reading object in Spaces bucket", () => read(operation, state)),
  update: (operation, _id, planned, prior) =>
    named("putting object in Spaces bucket", async () => {
      if (uploaded.some((name) => changed(name, prior, planned))) return put(operation, planned);
      if (changed("acl", prior, planned)) {
        const acl = { "x-amz-acl": String(planned.acl) };
        await call(operation, planned, { method: "PUT", query: "acl=", headers: acl });
      }
      return after(operation, planned);
    }),
  delete: (operation, _id, state) =>
    named("deleting Spaces Bucket Object", async () => {
      if (state.versionId) await unlessMissing(() => empty(operation, placeOf(state), cleaned(state.key)));
      else await unlessMissing(() => call(operation, state, { method: "DELETE" }));
    }),
};
export default bucketObject;
