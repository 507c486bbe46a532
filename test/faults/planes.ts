import { readFileSync } from "node:fs";
import { CreateBucketCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import pg from "pg";
import { homeOf } from "../../local/index.ts";
import type { Client } from "../../local/testing.ts";
import { addressOf, caOf, online } from "../../local/testing-served.ts";

/** A place where a cloud keeps what it is given, as a client of its own kind sees it. */
export interface Plane {
  /** Keeps something under a new name; resolves when that is acknowledged. */
  write(name: string): Promise<unknown>;
  /** The names of all that is there. */
  names(): Promise<Iterable<string>>;
  close(): unknown;
}

/** The ids of the clusters, and what the API tells once only. */
export interface Clusters {
  pg: string;
  mongodb: string;
  mongoUri: string;
  valkey: string;
}

const SIZE = { size: "db-s-1vcpu-1gb", region: "fra1", num_nodes: 1 };

/** A cluster of each engine, and a bucket. */
export async function prepare(cloud: Client, home: string): Promise<Clusters> {
  const make = (name: string, engine: string, version: string) =>
    cloud.make<{ id: string; connection: { uri: string } }>("/v2/databases", {
      ...SIZE,
      name,
      engine,
      version,
    });
  const [rows, documents, keys] = await Promise.all([
    make("rows", "pg", "17"),
    make("documents", "mongodb", "7"),
    make("keys", "valkey", "8"),
  ]);
  for (const { id } of [rows, documents, keys]) await online(cloud, id);
  await cloud.make(`/v2/databases/${rows.id}/pools`, {
    name: "pool",
    db: "defaultdb",
    user: "doadmin",
    mode: "transaction",
    size: 2,
  });
  const s3 = spaces(home);
  await s3.send(new CreateBucketCommand({ Bucket }));
  s3.destroy();
  const clusters = {
    pg: rows.id,
    mongodb: documents.id,
    mongoUri: documents.connection.uri,
    valkey: keys.id,
  };
  const client = await postgres(cloud, clusters);
  await client.query("create table entry (name text primary key)");
  await client.end();
  return clusters;
}

/** Opens every plane of a running cloud. */
export async function open(cloud: Client, home: string, clusters: Clusters): Promise<Record<string, Plane>> {
  const client = await postgres(cloud, clusters);
  const pooled = await postgres(cloud, clusters, { port: 25061, database: "pool" });
  const write = (by: pg.Client) => (name: string) => by.query("insert into entry values ($1)", [name]);
  const rows = async () => (await client.query<{ name: string }>("select name from entry")).rows.map(nameOf);

  await online(cloud, clusters.mongodb);
  const mongo = new MongoClient(clusters.mongoUri, { ca: await caOf(cloud, clusters.mongodb), ...PATIENCE });
  const documents = mongo.db("product").collection<{ _id: string }>("entries");

  const { connection } = await online(cloud, clusters.valkey);
  const { uri } = connection as { uri: string };
  const keys = new Redis(uri, {
    tls: { ca: await caOf(cloud, clusters.valkey) },
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  }).on("error", () => {});

  const s3 = spaces(home);
  return {
    row: { write: write(client), names: rows, close: () => client.end() },
    "row through the pool": { write: write(pooled), names: rows, close: () => pooled.end() },
    document: {
      write: (name) => documents.insertOne({ _id: name }),
      names: async () => (await documents.find().toArray()).map(({ _id }) => _id),
      close: () => mongo.close(true),
    },
    key: {
      write: (name) => keys.set(name, name),
      names: () => keys.keys("*"),
      close: () => keys.disconnect(),
    },
    object: {
      write: (Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key.repeat(1000) })),
      async names() {
        const found: string[] = [];
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket }))
          found.push(
            ...Contents.filter(({ Key = "", Size }) => Size === Key.length * 1000).map(({ Key = "" }) => Key),
          );
        return found;
      },
      close: () => s3.destroy(),
    },
    "database of the API": {
      write: (name) => cloud.make(`/v2/databases/${clusters.pg}/dbs`, { name }),
      async names() {
        const { body } = await cloud.get<{ dbs: { name: string }[] }>(`/v2/databases/${clusters.pg}/dbs`);
        const { rows: real } = await client.query<{ name: string }>(
          "select datname as name from pg_database",
        );
        const there = new Set(real.map(nameOf));
        return body.dbs.map(nameOf).filter((name) => there.has(name));
      },
      close() {},
    },
    tag: {
      write: (name) => cloud.make("/v2/tags", { name }),
      async names() {
        const found: string[] = [];
        for (let page = 1; ; page++) {
          const { body } = await cloud.get<{ tags: { name: string }[] }>(
            `/v2/tags?per_page=200&page=${page}`,
          );
          found.push(...body.tags.map(nameOf));
          if (body.tags.length < 200) return found;
        }
      },
      close() {},
    },
  };
}

const Bucket = "entries";
const PATIENCE = { serverSelectionTimeoutMS: 60_000 };
const nameOf = ({ name }: { name: string }) => name;

async function postgres(cloud: Client, clusters: Clusters, more: pg.ClientConfig = {}): Promise<pg.Client> {
  const address = addressOf(await online(cloud, clusters.pg));
  const client = new pg.Client({ ...address, ssl: { ca: await caOf(cloud, clusters.pg) }, ...more });
  client.on("error", () => {}); // told to whoever waits for an answer
  await client.connect();
  return client;
}

function spaces(home: string): S3Client {
  const files = homeOf(home);
  return new S3Client({
    endpoint: JSON.parse(readFileSync(files.address, "utf8")).spaces.proxy,
    region: "fra1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: JSON.parse(readFileSync(files.spacesKey, "utf8")),
  });
}
