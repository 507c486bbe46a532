import { S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import { type Db, MongoClient } from "mongodb";
import pg from "pg";

/** What the product keeps its data in. Each is there when its variables are; what needs one that isn't says so. */
export interface Connections {
  readonly postgres: pg.Pool | undefined;
  readonly mongo: Db | undefined;
  readonly cache: Redis | undefined;
  readonly documents: { readonly client: S3Client; readonly bucket: string } | undefined;
  close(): Promise<void>;
}

type Environment = Record<string, string | undefined>;

/** Milliseconds until a database that gives no answer counts as absent. */
const PATIENCE = 5000;

export function connect(env: Environment): Connections {
  const postgres = postgresOf(env);
  const mongo = mongoOf(env);
  const cache = cacheOf(env);
  const documents = documentsOf(env);
  return {
    postgres,
    mongo: mongo?.db(),
    cache,
    documents,
    async close() {
      cache?.disconnect();
      documents?.client.destroy();
      await Promise.allSettled([postgres?.end(), mongo?.close()]);
    },
  };
}

function postgresOf({ DATABASE_URL, DATABASE_CA_CERT }: Environment): pg.Pool | undefined {
  if (!DATABASE_URL) return undefined;
  const url = new URL(DATABASE_URL);
  url.searchParams.delete("sslmode"); // it would win over `ssl`, and knows no authority
  const pool = new pg.Pool({
    connectionString: String(url),
    ssl: { ca: DATABASE_CA_CERT, rejectUnauthorized: true },
    max: 5,
    connectionTimeoutMillis: PATIENCE,
  });
  pool.on("error", (error) => console.error(`postgres: ${error.message}`)); // an idle connection was lost
  return pool;
}

function mongoOf({ MONGO_URL, MONGO_CA_CERT }: Environment): MongoClient | undefined {
  if (!MONGO_URL) return undefined;
  return new MongoClient(MONGO_URL, {
    tls: true,
    ...(MONGO_CA_CERT && { ca: MONGO_CA_CERT }),
    serverSelectionTimeoutMS: PATIENCE,
  });
}

function cacheOf({ REDIS_URL, REDIS_CA_CERT }: Environment): Redis | undefined {
  if (!REDIS_URL) return undefined;
  const cache = new Redis(REDIS_URL, {
    ...(REDIS_URL.startsWith("rediss:") && { tls: { ca: REDIS_CA_CERT } }),
    maxRetriesPerRequest: 1,
    connectTimeout: PATIENCE,
  });
  cache.on("error", (error) => console.error(`cache: ${error.message}`));
  return cache;
}

function documentsOf(env: Environment): Connections["documents"] {
  const { DOCUMENTS_BUCKET: bucket, DOCUMENTS_ENDPOINT: endpoint, DOCUMENTS_REGION: region } = env;
  const { DOCUMENTS_ACCESS_KEY_ID: accessKeyId, DOCUMENTS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!bucket || !endpoint || !accessKeyId || !secretAccessKey) return undefined;
  const client = new S3Client({
    endpoint,
    region: region || "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true, // a bucket's own host name need not resolve
    requestChecksumCalculation: "WHEN_REQUIRED", // a stream is sent as it comes
  });
  return { client, bucket };
}
