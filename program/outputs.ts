import * as pulumi from "@pulumi/pulumi";
import type { Cache, DocumentStore, Mongo, Postgres, PublicAssets } from "../components/index.ts";

/** What other programs, runbooks and people need to know of databases and buckets. */

const reached = ({ clusterId, clusterName, host, port, uri, caCertificate }: Postgres | Mongo | Cache) => ({
  clusterId,
  clusterName,
  host,
  port,
  uri,
  caCertificate,
});

export const postgresOutput = (it: Postgres | undefined) =>
  it && { ...reached(it), database: it.database, user: it.user, poolUri: it.poolUri };

export const mongoOutput = (it: Mongo | undefined) =>
  it && { ...reached(it), database: it.database, user: it.user };

export const cacheOutput = (it: Cache | undefined) => it && reached(it);

export const bucketOutput = (it: DocumentStore | PublicAssets | undefined) =>
  it && {
    bucket: it.bucketName,
    region: it.region,
    endpoint: it.endpoint,
    accessKeyId: pulumi.secret(it.accessKeyId),
    secretAccessKey: it.secretAccessKey,
    cdnHost: it.cdnHost,
  };
