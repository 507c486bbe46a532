import { createHash } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { Bytes } from "./bytes.ts";
import { type Engine, type Manifest, manifest } from "./manifest.ts";

export interface StoreAddress {
  /** Base URL of Spaces in the bucket's region. */
  endpoint: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Bytes of a part. 10,000 parts are the most that an upload has: a dump may have 160 GB. */
const partBytes = 16 * 1024 * 1024;

const manifestEnd = ".json";

/** The bucket of the dumps. */
export class DumpStore {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor({ endpoint, bucket, accessKeyId, secretAccessKey }: StoreAddress) {
    this.#bucket = bucket;
    this.#s3 = new S3Client({
      endpoint,
      // Spaces takes this one, whatever the bucket's region; and none of the checksums that newer SDKs add by themselves.
      region: "us-east-1",
      forcePathStyle: true,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      credentials: { accessKeyId, secretAccessKey },
    });
  }

  close(): void {
    this.#s3.destroy();
  }

  /**
   * Uploads what comes, in parts. Nothing of it stays when the source fails or `signal` says stop; after a `kill -9` the
   * parts stay until `forgetUploads`, or for the day that the bucket allows them.
   */
  async put(key: string, source: Bytes, signal?: AbortSignal): Promise<Manifest["file"]> {
    const hash = createHash("sha256");
    let bytes = 0;
    const counted = async function* () {
      for await (const piece of source) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    };
    const body = new PassThrough();
    const upload = new Upload({
      client: this.#s3,
      params: { Bucket: this.#bucket, Key: key, Body: body, ContentType: "application/octet-stream" },
      partSize: partBytes,
      queueSize: 2,
    });
    const abort = () => void upload.abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      // Both to their end, so that nothing of a failed upload is still under way.
      const [fed, done] = await Promise.allSettled([
        pipeline(Readable.from(counted(), { objectMode: false }), body, { signal }),
        upload.done(),
      ]);
      if (fed.status === "rejected") throw fed.reason;
      if (done.status === "rejected") throw done.reason;
      return { key, version: done.value.VersionId, bytes, sha256: hash.digest("hex") };
    } finally {
      signal?.removeEventListener("abort", abort);
      body.destroy();
    }
  }

  /** Notes a finished dump. */
  async putManifest(about: Manifest): Promise<void> {
    await this.#s3.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: `${about.file.key}${manifestEnd}`,
        Body: JSON.stringify(manifest.parse(about), undefined, 2),
        ContentType: "application/json",
      }),
    );
  }

  /** The finished dumps of a database, newest first. */
  async manifests(engine: Engine, database: string): Promise<Manifest[]> {
    const keys: string[] = [];
    const pages = paginateListObjectsV2(
      { client: this.#s3 },
      { Bucket: this.#bucket, Prefix: prefixOf(engine, database) },
    );
    for await (const { Contents = [] } of pages)
      keys.push(...Contents.flatMap(({ Key }) => (Key?.endsWith(manifestEnd) ? [Key] : [])));
    const found: Manifest[] = [];
    for (const key of keys.sort().reverse()) found.push(await this.#manifest(key));
    return found;
  }

  /** The bytes of a dump, in the version that its manifest names. The last of them fail when the checksum differs. */
  async *open({ key, version, bytes, sha256 }: Manifest["file"]): Bytes {
    const hash = createHash("sha256");
    let length = 0;
    for await (const piece of await this.#get(key, version)) {
      hash.update(piece);
      length += piece.length;
      yield piece;
    }
    if (length !== bytes) throw new Error(`${key} has ${length} bytes instead of ${bytes}`);
    if (hash.digest("hex") !== sha256) throw new Error(`${key} has another checksum than its manifest says`);
  }

  /** Deletes a dump and then its manifest. The bucket keeps their versions for a while. */
  async remove({ file }: Manifest): Promise<void> {
    for (const Key of [`${file.key}${manifestEnd}`, file.key])
      await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
  }

  /** Drops what uploads of the database began and never finished. */
  async forgetUploads(engine: Engine, database: string): Promise<number> {
    const Bucket = this.#bucket;
    const { Uploads = [] } = await this.#s3.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: prefixOf(engine, database) }),
    );
    for (const { Key, UploadId } of Uploads)
      await this.#s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    return Uploads.length;
  }

  async #manifest(key: string): Promise<Manifest> {
    const text = await (await this.#get(key)).toArray();
    const parsed = manifest.safeParse(JSON.parse(Buffer.concat(text).toString()));
    if (!parsed.success) throw new Error(`${key} is no manifest of a dump`);
    return parsed.data;
  }

  async #get(Key: string, VersionId?: string): Promise<Readable> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key, VersionId }));
      if (Body instanceof Readable) return Body;
    } catch (error) {
      if (!(error instanceof Error && /^NoSuch(Key|Version)$/.test(error.name))) throw error;
    }
    throw new Error(`${this.#bucket} has no ${Key}`);
  }
}

/** Where the dumps of a database lie. */
export function prefixOf(engine: Engine, database: string): string {
  return `${engine}/${encodeURIComponent(database)}/`;
}
