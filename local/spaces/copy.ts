import { may } from "./access.ts";
import { readableBy } from "./acl.ts";
import type { Segment } from "./blobs.ts";
import { mustBucket } from "./bucket.ts";
import type { Entry } from "./entries.ts";
import { SpacesError } from "./errors.ts";
import { checkConditions, described, refuseUnserved, versionHeader } from "./object-headers.ts";
import { checkKey, checkWrite, isWritable } from "./objects.ts";
import { change, entriesOf, type ObjectCall, type ObjectOperation, type SpacesReply } from "./operation.ts";
import { document } from "./xml.ts";

/** Copying within Spaces: `x-amz-copy-source` names the object or version, which the requester must be allowed to read. */

/** The largest object that one request copies. */
const MAX_BYTES = 5 * 1024 ** 3;

export interface Source {
  readonly entry: Entry;
  readonly headers: Record<string, string>;
}

export function sourceOf(call: ObjectCall): Source {
  const header = call.headers["x-amz-copy-source"] ?? "";
  const [, path = "", version] = /^\/?(.*?)(?:\?versionId=(.*))?$/s.exec(header) ?? [];
  const [, name = "", key = ""] = /^([^/]+)\/(.+)$/s.exec(decoded(path)) ?? [];
  if (name === "")
    throw new SpacesError(
      "InvalidArgument",
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    );
  const bucket = mustBucket(call, name);
  if (bucket.region !== call.bucket.region)
    throw new SpacesError(
      "NoSuchBucket",
      `Spaces copies within a region only: ${name} lies in ${bucket.region}`,
    );
  const there = { ...call, bucket, key };
  const entry = version === undefined ? entriesOf(there).latest(key) : entriesOf(there).version(key, version);
  const open = entry !== undefined && readableBy(entry.content.acl, call.requester.key !== undefined);
  if (!may(there, { action: "s3:GetObject", key, needs: "read", open }))
    throw new SpacesError("AccessDenied", "Access Denied");
  if (!entry || entry.marker) throw new SpacesError("NoSuchKey", "The specified key does not exist.");
  checkConditions(call.headers, entry, true, "x-amz-copy-source-");
  return {
    entry,
    headers: bucket.versioning === "" ? {} : { "x-amz-copy-source-version-id": entry.version },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function copy(call: ObjectCall): Promise<SpacesReply> {
  refuseUnserved(call.headers);
  checkKey(call.key);
  const { entry: from, headers } = sourceOf(call);
  const directive = call.headers["x-amz-metadata-directive"] ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE")
    throw new SpacesError("InvalidArgument", "Unknown metadata directive.");
  if (from.size > MAX_BYTES)
    throw new SpacesError("InvalidRequest", "The object is larger than 5 GiB: copy it in parts");
  const isItself = from.latest && entriesOf(call).latest(call.key)?.seq === from.seq;
  if (isItself && directive === "COPY")
    throw new SpacesError(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.",
    );
  const own = described(call);
  const about = directive === "REPLACE" ? own : { ...from.content, acl: own.acl };
  const segments = await copied(call, from);
  try {
    const entry = change(call, ({ bucket, entries }) => {
      checkWrite(call, entries.latest(call.key));
      const content = { ...about, segments, checksums: from.content.checksums };
      return {
        ...entries.put(call.key, { size: from.size, etag: from.etag, content }, bucket.versioning, call.now),
        bucket,
      };
    });
    const result = { LastModified: new Date(entry.modified).toISOString(), ETag: `"${entry.etag}"` };
    return {
      status: 200,
      headers: { ...headers, ...versionHeader(entry, entry.bucket.versioning) },
      body: document("CopyObjectResult", result),
    };
  } catch (error) {
    call.blobs.discard(segments);
    throw error;
  }
}

async function copied(call: ObjectCall, from: Entry): Promise<Segment[]> {
  const release = call.blobs.hold(from.content.segments);
  try {
    return await call.blobs.copy(from.content.segments);
  } finally {
    release();
  }
}

export const copyObject: ObjectOperation = {
  ...{ method: "PUT", sub: "", action: "s3:PutObject", needs: "readwrite", open: isWritable },
  run: copy,
};
