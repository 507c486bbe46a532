import { createHash } from "node:crypto";
import { OWNER } from "./acl.ts";
import type { Segment } from "./blobs.ts";
import { ALGORITHMS } from "./checksums.ts";
import { sourceOf } from "./copy.ts";
import { SpacesError } from "./errors.ts";
import { checksumHeaders, described, refuseUnserved, writtenVersion } from "./object-headers.ts";
import { checkKey, checkWrite, isWritable, rangeOf } from "./objects.ts";
import { change, type ObjectCall, type ObjectOperation, type SpacesReply, uploadsOf } from "./operation.ts";
import { Payload } from "./payload.ts";
import { UNSIGNED_PAYLOAD } from "./signature.ts";
import type { Part, Upload, Uploads } from "./uploads.ts";
import { document, parseXml, type Xml } from "./xml.ts";

/** Uploading an object in parts (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html). */

const MAX_PARTS = 10_000;
/** Every part but the last has at least as many bytes. */
const MIN_PART = 5 * 1024 * 1024;

function mustUpload(call: ObjectCall, uploads: Uploads): Upload {
  const upload = uploads.find(call.key, call.query.get("uploadId") ?? "");
  if (!upload)
    throw new SpacesError(
      "NoSuchUpload",
      "The specified upload does not exist. It may have been aborted or completed.",
    );
  return upload;
}

function start(call: ObjectCall): SpacesReply {
  refuseUnserved(call.headers);
  checkKey(call.key);
  const algorithm = call.headers["x-amz-checksum-algorithm"];
  const content = {
    ...described(call),
    checksums: {},
    ...(algorithm && { algorithm: algorithm.toLowerCase() }),
  };
  const UploadId = change(call, ({ uploads }) => uploads.start(call.key, content, call.now));
  return {
    status: 200,
    headers: { "x-amz-checksum-algorithm": algorithm },
    body: document("InitiateMultipartUploadResult", { Bucket: call.bucket.name, Key: call.key, UploadId }),
  };
}

function partNumber({ query }: ObjectCall): number {
  const number = Number(query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS)
    throw new SpacesError(
      "InvalidArgument",
      `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
    );
  return number;
}

async function putPart(call: ObjectCall): Promise<SpacesReply> {
  refuseUnserved(call.headers);
  const { etag, checksums } = await storePart(call, call.payload);
  return { status: 200, headers: { etag: `"${etag}"`, ...checksumHeaders(checksums) } };
}

async function storePart(
  call: ObjectCall,
  payload: Payload,
): Promise<{ etag: string; checksums: Record<string, string> }> {
  const number = partNumber(call);
  mustUpload(call, uploadsOf(call));
  const segment = await call.blobs.write(payload);
  try {
    const { md5: etag, checksums } = payload;
    const content = { segments: [segment], checksums };
    change(call, ({ uploads }) =>
      uploads.putPart(mustUpload(call, uploads), {
        number,
        size: segment.size,
        etag,
        modified: call.now,
        content,
      }),
    );
    return { etag, checksums };
  } catch (error) {
    call.blobs.discard([segment]);
    throw error;
  }
}

async function copyPart(call: ObjectCall): Promise<SpacesReply> {
  refuseUnserved(call.headers);
  const { entry, headers } = sourceOf(call);
  const header = call.headers["x-amz-copy-source-range"];
  const range = rangeOf(header, undefined, entry);
  if (header !== undefined && !range)
    throw new SpacesError(
      "InvalidArgument",
      "The x-amz-copy-source-range value must be of the form bytes=first-last",
    );
  if (Number(/-(\d+)$/.exec(header ?? "")?.[1] ?? 0) >= Math.max(entry.size, 1))
    throw new SpacesError("InvalidRange", "The range to copy ends behind the source");
  const { start: from, end: to } = range ?? { start: 0, end: entry.size };
  const { segments } = entry.content;
  const release = call.blobs.hold(segments);
  try {
    const length = { "content-length": String(to - from) };
    const payload = new Payload(call.blobs.read(segments, from, to), length, UNSIGNED_PAYLOAD, undefined);
    const { etag } = await storePart(call, payload);
    const result = { LastModified: new Date(call.now).toISOString(), ETag: `"${etag}"` };
    return { status: 200, headers, body: document("CopyPartResult", result) };
  } finally {
    release();
  }
}

async function complete(call: ObjectCall): Promise<SpacesReply> {
  // What the headers say of checksums is of the whole object, not of this body.
  const about = Object.entries(call.headers).filter(([name]) => !name.startsWith("x-amz-checksum-"));
  const { payloadHash, seal } = call.requester;
  const body = new Payload(call.payload.body, Object.fromEntries(about), payloadHash, seal);
  const listed = parseXml(await body.text(4 * 1024 * 1024), "CompleteMultipartUpload").all("Part");
  const uploads = uploadsOf(call);
  const whole = await checkedWhole(call, chosen(listed, uploads.parts(mustUpload(call, uploads))));
  const { key, now } = call;
  const entry = change(call, ({ bucket, entries, uploads }) => {
    const upload = mustUpload(call, uploads);
    const parts = chosen(listed, uploads.parts(upload));
    checkWrite(call, entries.latest(key));
    uploads.remove(upload, parts);
    const { algorithm, ...about } = upload.content;
    const content = {
      ...about,
      segments: segmentsOf(parts),
      checksums: whole ?? compositeOf(parts, algorithm),
    };
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    return { ...entries.put(key, { size, etag: etagOf(parts), content }, bucket.versioning, now), bucket };
  });
  const { name, region } = entry.bucket;
  const checksums = Object.entries(entry.content.checksums).map(([algorithm, value]) => [
    `Checksum${algorithm.toUpperCase()}`,
    value,
  ]);
  return {
    status: 200,
    headers: writtenVersion(entry, entry.bucket.versioning),
    body: document("CompleteMultipartUploadResult", {
      Location: `http://${name}.${region}.digitaloceanspaces.com/${key}`,
      Bucket: name,
      Key: key,
      ETag: `"${entry.etag}"`,
      ...Object.fromEntries(checksums),
    }),
  };
}

const segmentsOf = (parts: readonly Part[]): Segment[] => parts.flatMap(({ content }) => content.segments);

/** The parts that the client lists, each as it was uploaded. */
function chosen(listed: readonly Xml[], there: readonly Part[]): Part[] {
  if (listed.length === 0 || listed.length > MAX_PARTS)
    throw new SpacesError("MalformedXML", `A completed upload lists 1 to ${MAX_PARTS} parts`);
  const byNumber = new Map(there.map((part) => [part.number, part]));
  let before = 0;
  return listed.map((xml, at) => {
    const number = Number(xml.text("PartNumber"));
    if (number <= before)
      throw new SpacesError("InvalidPartOrder", "The list of parts was not in ascending order.");
    before = number;
    const part = byNumber.get(number);
    if (part?.etag !== xml.text("ETag")?.replaceAll('"', ""))
      throw new SpacesError(
        "InvalidPart",
        `One or more of the specified parts could not be found: part ${number}`,
      );
    if (!part)
      throw new SpacesError(
        "InvalidPart",
        `One or more of the specified parts could not be found: part ${number}`,
      );
    if (at < listed.length - 1 && part.size < MIN_PART)
      throw new SpacesError(
        "EntityTooSmall",
        `Part ${number} is smaller than the minimum allowed object size: ${MIN_PART} bytes`,
      );
    return part;
  });
}

function etagOf(parts: readonly Part[]): string {
  const hash = createHash("md5");
  for (const { etag } of parts) hash.update(etag, "hex");
  return `${hash.digest("hex")}-${parts.length}`;
}

/** A checksum of the parts' checksums, as S3 names it: `<base64>-<parts>`. */
function compositeOf(parts: readonly Part[], algorithm = ""): Record<string, string> {
  const sum = ALGORITHMS[algorithm]?.();
  const values = parts.flatMap(({ content }) => content.checksums[algorithm] ?? []);
  if (!sum || values.length < parts.length) return {};
  for (const value of values) sum.update(Buffer.from(value, "base64"));
  return { [algorithm]: `${sum.result()}-${parts.length}` };
}

/**
 * Compares what the client says of the whole object: of its parts' checksums, or with `FULL_OBJECT` of its bytes.
 *
 * @returns the checksum of the bytes, where the client asked for that
 */
async function checkedWhole(
  { headers, blobs }: ObjectCall,
  parts: readonly Part[],
): Promise<Record<string, string> | undefined> {
  const isWhole = headers["x-amz-checksum-type"]?.toUpperCase() === "FULL_OBJECT";
  for (const [name, make] of Object.entries(ALGORITHMS)) {
    const wanted = headers[`x-amz-checksum-${name}`];
    if (wanted === undefined) continue;
    const sum = make();
    const segments = segmentsOf(parts);
    const size = parts.reduce((total, part) => total + part.size, 0);
    if (isWhole) for await (const bytes of blobs.read(segments, 0, size)) sum.update(bytes);
    const found = isWhole ? sum.result() : compositeOf(parts, name)[name];
    if (found !== wanted && found !== `${wanted}-${parts.length}`)
      throw new SpacesError("BadDigest", `The ${name.toUpperCase()} of the whole object is another one.`);
    if (isWhole) return { [name]: wanted };
  }
  return undefined;
}

function abort(call: ObjectCall): SpacesReply {
  change(call, ({ uploads }) => uploads.remove(mustUpload(call, uploads)));
  return { status: 204 };
}

function listParts(call: ObjectCall): SpacesReply {
  const upload = mustUpload(call, uploadsOf(call));
  const marker = Number(call.query.get("part-number-marker") ?? 0);
  const limit = Math.min(Number(call.query.get("max-parts") ?? 1000), 1000);
  const parts = uploadsOf(call)
    .parts(upload)
    .filter(({ number }) => number > marker);
  const page = parts.slice(0, limit);
  return {
    status: 200,
    body: document("ListPartsResult", {
      Bucket: call.bucket.name,
      Key: call.key,
      UploadId: upload.id,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: "STANDARD",
      PartNumberMarker: marker,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: limit,
      IsTruncated: parts.length > page.length,
      Part: page.map(({ number, modified, etag, size }) => ({
        PartNumber: number,
        LastModified: new Date(modified).toISOString(),
        ETag: `"${etag}"`,
        Size: size,
      })),
    }),
  };
}

const writes = { action: "s3:PutObject", needs: "readwrite", open: isWritable } as const;

export const multipart: readonly ObjectOperation[] = [
  { ...writes, method: "POST", sub: "uploads", run: start },
  {
    ...{ ...writes, method: "PUT", sub: "uploadId" },
    run: (call) => (call.headers["x-amz-copy-source"] === undefined ? putPart(call) : copyPart(call)),
  },
  { ...writes, method: "POST", sub: "uploadId", run: complete },
  { ...writes, method: "DELETE", sub: "uploadId", action: "s3:AbortMultipartUpload", run: abort },
  { ...writes, method: "GET", sub: "uploadId", action: "s3:ListMultipartUploadParts", run: listParts },
];
