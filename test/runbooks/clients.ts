import { connect } from "node:net";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import pg from "pg";
import type { Outputs } from "./stack.ts";

/** Real clients, as somebody has them who knows a credential. Each rejects when it is refused. */

/** A session that stays open. */
export async function postgresSession(uri: string, ca: string): Promise<pg.Client> {
  const url = new URL(uri);
  url.searchParams.delete("sslmode"); // it would win over `ssl`
  const client = new pg.Client({ connectionString: String(url), ssl: { ca, rejectUnauthorized: true } });
  client.on("error", () => {}); // whoever holds it is told by the next query
  await client.connect();
  return client;
}

export async function postgres(uri: string, ca: string, sql = "select 1"): Promise<pg.QueryResult["rows"]> {
  const client = await postgresSession(uri, ca);
  return (await client.query(sql).finally(() => client.end())).rows;
}

export async function mongo(uri: string, ca: string): Promise<void> {
  const client = new MongoClient(uri, { ca, serverSelectionTimeoutMS: 10_000 });
  try {
    await client.db().command({ ping: 1 });
  } finally {
    await client.close();
  }
}

export async function cache(uri: string, ca: string): Promise<void> {
  const client = new Redis(uri, { tls: { ca }, lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => {}); // the call below rejects with it
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}

export async function bucket(documents: Outputs["documents"], endpoint: string): Promise<void> {
  const { accessKeyId, secretAccessKey, region } = documents;
  const client = new S3Client({
    ...{ endpoint, region, forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
  try {
    await client.send(new ListObjectsV2Command({ Bucket: documents.bucket, MaxKeys: 1 }));
  } finally {
    client.destroy();
  }
}

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Whether PostgreSQL talks to a client that comes from this address. */
export function letsIn(uri: string, localAddress: string): Promise<boolean> {
  const { hostname: host, port } = new URL(uri);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), localAddress });
    socket.on("connect", () => socket.write(SSL_REQUEST));
    socket.on("data", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(false));
    socket.on("data", () => socket.destroy());
  });
}
