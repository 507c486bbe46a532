import type { TestContext } from "node:test";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { type RunningCloud, startCloud } from "../index.ts";
import { Client, temporaryFolder } from "../testing.ts";
import type { Credentials } from "./signature.ts";

/** A cloud of the test's own, as Spaces' clients see it. */
export interface Spaces {
  readonly cloud: RunningCloud;
  readonly api: Client;
  /** Path style, with the account's key. */
  readonly s3: S3Client;
  /** Another client in path style. */
  client(credentials: Credentials, config?: S3ClientConfig): S3Client;
  /** A request without a signature. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export async function spacesFor(t: Pick<TestContext, "after">, home = temporaryFolder(t)): Promise<Spaces> {
  const cloud = await startCloud({ home, port: 0 });
  t.after(() => cloud.close());
  const client = (credentials: Credentials, config: S3ClientConfig = {}) => {
    const made = new S3Client({
      endpoint: cloud.spaces.proxy,
      region: "fra1",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials,
      ...config,
    });
    t.after(() => made.destroy());
    return made;
  };
  return {
    cloud,
    api: new Client(cloud),
    s3: client(cloud.spacesKey),
    client,
    fetch: (path, init) => fetch(cloud.spaces.proxy + path, init),
  };
}
