import { OWNER, readableBy } from "./acl.ts";
import { beyond, type Entry } from "./entries.ts";
import { SpacesError } from "./errors.ts";
import { type BucketCall, type BucketOperation, entriesOf, uploadsOf } from "./operation.ts";
import { uriEncode } from "./signature.ts";
import { type Content, document } from "./xml.ts";

/** The ways in which a bucket's content is listed. */

const MAX_KEYS = 1000;

/** Where a listing goes on: behind this one of this key. */
interface Cursor {
  readonly key: string;
  readonly seq: number;
}

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly after: Cursor;
}

export interface Listing<E> {
  readonly found: E[];
  /** What keys have in common up to the delimiter, in place of the keys. */
  readonly prefixes: string[];
  /** The last one that was listed, when there are more. */
  readonly next?: Cursor;
}

/** Takes a page of what `fetch` gives in order, with keys that share a part up to the delimiter rolled up; it leaps over those. */
export function collect<E extends Cursor>(
  wanted: Wanted,
  fetch: (from: Cursor, limit: number) => E[],
): Listing<E> {
  const { prefix, delimiter, limit, after } = wanted;
  const found: E[] = [];
  const prefixes: string[] = [];
  let last: Cursor | undefined;
  const end = (isMore: boolean) => ({ found, prefixes, ...(isMore && last && { next: last }) });
  if (limit === 0) return end(false);
  for (let from = after; ; ) {
    const batch = fetch(from, Math.min(limit + 1, MAX_KEYS));
    if (batch.length === 0) return end(false);
    for (const entry of batch) {
      const at = delimiter === "" ? -1 : entry.key.indexOf(delimiter, prefix.length);
      const group = at < 0 ? undefined : entry.key.slice(0, at + delimiter.length);
      // A listing that goes on behind a group does not list it again.
      const isNew = group === undefined || !after.key.startsWith(group);
      if (isNew && found.length + prefixes.length === limit) return end(true);
      if (group === undefined) {
        found.push(entry);
        from = last = { key: entry.key, seq: entry.seq };
        continue;
      }
      if (isNew) {
        prefixes.push(group);
        last = { key: group, seq: 0 };
      }
      from = { key: beyond(group), seq: 0 };
      break;
    }
  }
}

/** The parameters that every listing has, and how texts are written in its answer. */
function asked({ query }: BucketCall, max = "max-keys") {
  const encoding = query.get("encoding-type") ?? undefined;
  if (encoding !== undefined && encoding !== "url")
    throw new SpacesError("InvalidArgument", "Invalid Encoding Method specified in Request");
  const text = query.get(max);
  if (text !== null && !/^\d{1,10}$/.test(text))
    throw new SpacesError("InvalidArgument", `${max} must be a whole number`);
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    limit: Math.min(text === null || text === "" ? MAX_KEYS : Number(text), MAX_KEYS),
    encoding,
    written: (raw: string) => (encoding ? uriEncode(raw) : raw),
    // Of keys slashes are encoded, of what groups them they aren't (Ceph: rgw_rest_s3.cc, dump_urlsafe).
    grouped: (raw: string) => (encoding ? raw.split("/").map(uriEncode).join("/") : raw),
  };
}

const given = (text: string) => (text === "" ? undefined : text);

const contents = (
  entry: Entry,
  written: (raw: string) => string,
  owner: boolean,
): { [name: string]: Content } => ({
  Key: written(entry.key),
  LastModified: new Date(entry.modified).toISOString(),
  ETag: `"${entry.etag}"`,
  Size: entry.size,
  StorageClass: "STANDARD",
  ...(owner && { Owner: OWNER }),
});

const listable: Pick<BucketOperation, "method" | "action" | "needs" | "open"> = {
  ...{ method: "GET", action: "s3:ListBucket", needs: "read" },
  open: ({ bucket }, isKnown) => readableBy(bucket, isKnown),
};

/** `?list-type=2` is the newer of the two; they differ in how a listing goes on. */
export const listObjects: BucketOperation = {
  ...listable,
  sub: "",
  run(call) {
    const { query, bucket } = call;
    const { prefix, delimiter, limit, encoding, written, grouped } = asked(call);
    const isV2 = query.get("list-type") === "2";
    const token = query.get("continuation-token");
    const marker = query.get(isV2 ? "start-after" : "marker") ?? "";
    const after = { key: isV2 && token !== null ? fromToken(token) : marker, seq: 0 };
    const { found, prefixes, next } = collect({ prefix, delimiter, limit, after }, (from, count) =>
      entriesOf(call).keys(prefix, from.key, count),
    );
    const body = {
      Name: bucket.name,
      // Clients of the older listing take it as it is (botocore: decode_list_object).
      Prefix: isV2 ? written(prefix) : prefix,
      ...(isV2
        ? {
            StartAfter: given(written(marker)),
            ContinuationToken: token ?? undefined,
            NextContinuationToken: next && toToken(next.key),
            KeyCount: found.length + prefixes.length,
          }
        : { Marker: written(marker), NextMarker: next && written(next.key) }),
      MaxKeys: limit,
      Delimiter: given(grouped(delimiter)),
      EncodingType: encoding,
      IsTruncated: next !== undefined,
      Contents: found.map((entry) => contents(entry, written, !isV2 || query.get("fetch-owner") === "true")),
      CommonPrefixes: prefixes.map((one) => ({ Prefix: grouped(one) })),
    };
    return { status: 200, body: document("ListBucketResult", body) };
  },
};

const toToken = (key: string): string => Buffer.from(key).toString("base64url");

function fromToken(token: string): string {
  if (!/^[\w-]*$/.test(token))
    throw new SpacesError("InvalidArgument", "The continuation token provided is incorrect");
  return Buffer.from(token, "base64url").toString();
}

export const listVersions: BucketOperation = {
  ...listable,
  sub: "versions",
  action: "s3:ListBucketVersions",
  run(call) {
    const { query, bucket } = call;
    const { prefix, delimiter, limit, encoding, written, grouped } = asked(call);
    const [keyMarker, versionMarker] = [query.get("key-marker") ?? "", query.get("version-id-marker") ?? ""];
    const entries = entriesOf(call);
    const after = {
      key: keyMarker,
      seq: versionMarker === "" ? 0 : (entries.version(keyMarker, versionMarker)?.seq ?? 0),
    };
    const { found, prefixes, next } = collect({ prefix, delimiter, limit, after }, (from, count) =>
      entries.versions(prefix, from.key, from.seq, count),
    );
    const identity = (entry: Entry) => ({ VersionId: entry.version, IsLatest: entry.latest });
    const body = {
      Name: bucket.name,
      Prefix: written(prefix),
      KeyMarker: written(keyMarker),
      VersionIdMarker: versionMarker,
      NextKeyMarker: next && written(next.key),
      NextVersionIdMarker:
        next && found.find(({ key, seq }) => key === next.key && seq === next.seq)?.version,
      MaxKeys: limit,
      Delimiter: given(grouped(delimiter)),
      EncodingType: encoding,
      IsTruncated: next !== undefined,
      Version: found
        .filter(({ marker }) => !marker)
        .map((entry) => ({ ...contents(entry, written, true), ...identity(entry) })),
      DeleteMarker: found
        .filter(({ marker }) => marker)
        .map((entry) => ({
          Key: written(entry.key),
          ...identity(entry),
          LastModified: new Date(entry.modified).toISOString(),
          Owner: OWNER,
        })),
      CommonPrefixes: prefixes.map((one) => ({ Prefix: grouped(one) })),
    };
    return { status: 200, body: document("ListVersionsResult", body) };
  },
};

export const listUploads: BucketOperation = {
  ...listable,
  sub: "uploads",
  action: "s3:ListBucketMultipartUploads",
  run(call) {
    const { query, bucket } = call;
    const { prefix, delimiter, limit, encoding, written, grouped } = asked(call, "max-uploads");
    const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
    const uploads = uploadsOf(call);
    const behind = idMarker === "" ? Number.MAX_SAFE_INTEGER : (uploads.find(keyMarker, idMarker)?.seq ?? 0);
    const { found, prefixes, next } = collect(
      { prefix, delimiter, limit, after: { key: keyMarker, seq: behind } },
      (from, count) => uploads.list(prefix, from.key, from.seq, count),
    );
    const body = {
      Bucket: bucket.name,
      KeyMarker: written(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: next && written(next.key),
      NextUploadIdMarker: next && found.find(({ seq }) => seq === next.seq)?.id,
      MaxUploads: limit,
      Prefix: written(prefix),
      Delimiter: given(grouped(delimiter)),
      EncodingType: encoding,
      IsTruncated: next !== undefined,
      Upload: found.map(({ key, id, started }) => ({
        Key: written(key),
        UploadId: id,
        Initiator: OWNER,
        Owner: OWNER,
        StorageClass: "STANDARD",
        Initiated: new Date(started).toISOString(),
      })),
      CommonPrefixes: prefixes.map((one) => ({ Prefix: grouped(one) })),
    };
    return { status: 200, body: document("ListMultipartUploadsResult", body) };
  },
};
