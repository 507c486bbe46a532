import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { messageOf, UserError } from "../errors.ts";
import type { Store } from "./store.ts";

/** A bucket, as `PULUMI_BACKEND_URL` names it: `s3://shop-state?region=us-east-1&endpoint=https://...`, with the `AWS_` keys. */
export function bucketStore(url: URL): Store {
  const Bucket = url.host;
  const folder = url.pathname.replace(/^\/|\/$/g, "");
  const path = (key: string) => (folder ? `${folder}/${key}` : key);
  const option = (name: string) => url.searchParams.get(name) ?? undefined;
  const endpoint = option("endpoint");
  const plain = option("disableSSL") === "true" ? "http" : "https";
  const s3 = new S3Client({
    region: option("region") ?? process.env.AWS_REGION ?? "us-east-1",
    ...(endpoint && { endpoint: /^https?:/.test(endpoint) ? endpoint : `${plain}://${endpoint}` }),
    forcePathStyle: option("s3ForcePathStyle") === "true" || option("use_path_style") === "true",
    requestChecksumCalculation: "WHEN_REQUIRED", // Spaces knows no other
    responseChecksumValidation: "WHEN_REQUIRED",
  });

  /** @throws UserError with what the bucket answers, in one line. */
  async function told<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      throw new UserError(`the state bucket ${Bucket} can't be used: ${messageOf(error).split("\n")[0]}`);
    }
  }

  return {
    list: async (prefix) => {
      const keys: string[] = [];
      for (let next: string | undefined, more = true; more; more = next !== undefined) {
        const list = new ListObjectsV2Command({ Bucket, Prefix: path(prefix), ContinuationToken: next });
        const { Contents = [], NextContinuationToken } = await told(s3.send(list));
        keys.push(...Contents.flatMap(({ Key }) => Key?.slice(path("").length) ?? []));
        next = NextContinuationToken;
      }
      return keys;
    },
    read: async (key, VersionId) => {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: path(key), VersionId }));
        return await Body?.transformToString();
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === "NoSuchKey") return undefined;
        return told(Promise.reject(error));
      }
    },
    write: async (key, text) => {
      const put = { Bucket, Key: path(key), Body: text, ContentType: "application/json" };
      await told(s3.send(new PutObjectCommand(put)));
    },
    remove: async (key) => {
      await told(s3.send(new DeleteObjectCommand({ Bucket, Key: path(key) })));
    },
    kept: async (key) => {
      const list = new ListObjectVersionsCommand({ Bucket, Prefix: path(key) });
      const { Versions = [] } = await told(s3.send(list));
      return Versions.flatMap(({ Key, VersionId }) => (Key === path(key) && VersionId) || []);
    },
    close: () => s3.destroy(),
  };
}
