import { mayList } from "./access.ts";
import { aclFromXml, aclXml, cannedAcl, readableBy, writableBy } from "./acl.ts";
import type { Entry } from "./entries.ts";
import { SpacesError } from "./errors.ts";
import {
  checkConditions,
  checksumHeaders,
  described,
  overrides,
  refuseUnserved,
  shown,
  versionHeader,
  writtenVersion,
} from "./object-headers.ts";
import { change, entriesOf, type ObjectCall, type ObjectOperation, type SpacesReply } from "./operation.ts";
import { document } from "./xml.ts";

/** Reading, writing and deleting objects. */

const MAX_KEY_BYTES = 1024;

/** The version that the request names, or the latest; whoever may not list does not learn whether there is one. */
function mustEntry(call: ObjectCall): Entry {
  const version = call.query.get("versionId");
  const entry =
    version === null ? entriesOf(call).latest(call.key) : entriesOf(call).version(call.key, version);
  const headers: Record<string, string> = entry?.marker
    ? { "x-amz-delete-marker": "true", "x-amz-version-id": entry.version }
    : {};
  if (entry?.marker && version !== null)
    throw new SpacesError(
      "MethodNotAllowed",
      "The specified method is not allowed against this resource: it is a delete marker",
      headers,
    );
  if (entry && !entry.marker) return entry;
  if (!mayList(call)) throw new SpacesError("AccessDenied", "Access Denied");
  if (version !== null) throw new SpacesError("NoSuchVersion", "The specified version does not exist.");
  throw new SpacesError("NoSuchKey", "The specified key does not exist.", headers);
}

function read(call: ObjectCall): SpacesReply {
  refuseUnserved(call.headers);
  if (call.query.has("partNumber"))
    throw new SpacesError("NotImplemented", "Not served here: reading one part of an object");
  const entry = mustEntry(call);
  checkConditions(call.headers, entry, true);
  const { headers, bucket } = call;
  const range = rangeOf(headers.range, headers["if-range"], entry);
  const { start, end } = range ?? { start: 0, end: entry.size };
  return {
    status: range ? 206 : 200,
    headers: {
      ...shown(entry, bucket.lifecycle),
      ...versionHeader(entry, bucket.versioning),
      ...(headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED" &&
        !range &&
        checksumHeaders(entry.content.checksums)),
      ...overrides(call),
      "content-length": end - start,
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${entry.size}` }),
    },
    content: { segments: entry.content.segments, start, end },
  };
}

/** The bytes that a Range header asks for; undefined for all of them, also where it is one that S3 leaves alone. */
export function rangeOf(
  header: string | undefined,
  ifRange: string | undefined,
  entry: Pick<Entry, "size" | "etag">,
): { start: number; end: number } | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (ifRange !== undefined && ifRange !== `"${entry.etag}"`) return undefined;
  const { size } = entry;
  const [start, end] =
    from === ""
      ? [Math.max(size - Number(to), 0), size]
      : [Number(from), to === "" ? size : Math.min(Number(to) + 1, size)];
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  if (start >= size || start >= end)
    throw new SpacesError("InvalidRange", "The requested range is not satisfiable", {
      "content-range": `bytes */${size}`,
    });
  return { start, end };
}

export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new SpacesError("KeyTooLongError", "Your key is too long");
}

/** Whether the object may be written over what is there. */
export function checkWrite({ headers }: ObjectCall, latest: Entry | undefined): void {
  const current = latest?.marker ? undefined : latest;
  if (current) checkConditions(headers, current, false);
  else if (headers["if-match"] !== undefined)
    throw new SpacesError("NoSuchKey", "The specified key does not exist.");
}

export async function putObject(call: ObjectCall): Promise<SpacesReply> {
  refuseUnserved(call.headers);
  checkKey(call.key);
  const content = described(call);
  const { payload, blobs, key, now } = call;
  const segment = await blobs.write(payload);
  try {
    const { md5: etag, checksums } = payload;
    const entry = change(call, ({ bucket, entries }) => {
      checkWrite(call, entries.latest(key));
      const whole = { ...content, segments: [segment], checksums };
      return {
        ...entries.put(key, { size: segment.size, etag, content: whole }, bucket.versioning, now),
        bucket,
      };
    });
    return {
      status: 200,
      headers: {
        etag: `"${etag}"`,
        ...checksumHeaders(checksums),
        ...writtenVersion(entry, entry.bucket.versioning),
        "x-amz-expiration": shown(entry, entry.bucket.lifecycle)["x-amz-expiration"],
      },
    };
  } catch (error) {
    blobs.discard([segment]);
    throw error;
  }
}

/** Deletes an object, or the version that is named; there is no error for one that isn't there. */
export function deleteOne(
  call: ObjectCall,
  version: string | null,
): { marker: boolean; version: string | undefined } {
  return change(call, ({ bucket, entries }) => {
    if (version === null) {
      const marker = entries.delete(call.key, bucket.versioning, call.now);
      return { marker: marker !== undefined, version: marker?.version };
    }
    const entry = entries.version(call.key, version);
    if (entry) entries.remove(entry);
    return { marker: entry?.marker ?? false, version };
  });
}

function remove(call: ObjectCall): SpacesReply {
  const { marker, version } = deleteOne(call, call.query.get("versionId"));
  return {
    status: 204,
    headers: {
      ...(marker && { "x-amz-delete-marker": "true" }),
      ...(version && { "x-amz-version-id": version }),
    },
  };
}

async function putAcl(call: ObjectCall): Promise<SpacesReply> {
  refuseUnserved(call.headers);
  const body = await call.payload.text(MAX_ACL);
  const acl = cannedAcl(call.headers["x-amz-acl"]) ?? (body === "" ? undefined : aclFromXml(body));
  if (acl === undefined)
    throw new SpacesError("InvalidRequest", "Your request was missing a required header: x-amz-acl");
  change(call, ({ entries }) => {
    const entry = mustEntry(call);
    entries.change(entry, { ...entry.content, acl });
  });
  return { status: 200 };
}
const MAX_ACL = 64 * 1024;

const isReadable: ObjectOperation["open"] = ({ object }, isKnown) =>
  object !== undefined && readableBy(object, isKnown);
export const isWritable: ObjectOperation["open"] = ({ bucket }) => writableBy(bucket);

export const objectOperations: readonly ObjectOperation[] = [
  { method: "GET", sub: "", action: "s3:GetObject", needs: "read", open: isReadable, run: read },
  { method: "HEAD", sub: "", action: "s3:GetObject", needs: "read", open: isReadable, run: read },
  { method: "PUT", sub: "", action: "s3:PutObject", needs: "readwrite", open: isWritable, run: putObject },
  { method: "DELETE", sub: "", action: "s3:DeleteObject", needs: "readwrite", open: isWritable, run: remove },
  {
    ...{ method: "GET", sub: "acl", action: "s3:GetObjectAcl", needs: "read" },
    run: (call) => ({
      status: 200,
      body: document("AccessControlPolicy", aclXml(mustEntry(call).content.acl)),
    }),
  },
  { method: "PUT", sub: "acl", action: "s3:PutObjectAcl", needs: "readwrite", run: putAcl },
];
