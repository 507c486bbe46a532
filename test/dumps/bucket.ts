import type { TestContext } from "node:test";
import { CreateBucketCommand, PutBucketVersioningCommand, type S3Client } from "@aws-sdk/client-s3";
import { spacesFor } from "../../local/spaces/testing.ts";
import { DumpStore } from "../../runbooks/restore-drill/dumps/store.ts";

/** A versioned bucket of the test's own, with a key that reaches no other. */
export interface TestBucket {
  readonly name: string;
  /** With the account's key. */
  readonly s3: S3Client;
  readonly store: DumpStore;
  /** As the worker is told of it. */
  readonly variables: Record<string, string>;
}

export async function bucketFor(t: Pick<TestContext, "after">): Promise<TestBucket> {
  const { api, s3, cloud } = await spacesFor(t);
  const name = "shop-dumps";
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }),
  );
  const { access_key: accessKeyId, secret_key: secretAccessKey } = await api.make<{
    access_key: string;
    secret_key: string;
  }>("/v2/spaces/keys", { name: "dumps", grants: [{ bucket: name, permission: "readwrite" }] });
  const store = new DumpStore({ endpoint: cloud.spaces.proxy, bucket: name, accessKeyId, secretAccessKey });
  t.after(() => store.close());
  return {
    name,
    s3,
    store,
    variables: {
      DUMPS_ENDPOINT: cloud.spaces.proxy,
      DUMPS_BUCKET: name,
      DUMPS_ACCESS_KEY_ID: accessKeyId,
      DUMPS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  };
}
