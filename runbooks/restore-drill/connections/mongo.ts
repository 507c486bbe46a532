import { MongoClient, type MongoClientOptions } from "mongodb";
import type { Address } from "./postgres.ts";

/** Milliseconds that a connection may take to be made. */
const PATIENCE = 10_000;

/**
 * A client over TLS whose certificate and host name are verified, that has been heard: a wrong password may show only at the
 * first command.
 */
export async function connectMongo(
  { uri, ca }: Address,
  more: MongoClientOptions = {},
): Promise<MongoClient> {
  const client = new MongoClient(uri, {
    tls: true,
    ...(ca !== undefined && { ca }),
    serverSelectionTimeoutMS: PATIENCE,
    connectTimeoutMS: PATIENCE,
    appName: "breakwater-operations",
    maxPoolSize: 2,
    ...more,
  });
  try {
    await client.connect();
    await client.db("admin").command({ ping: 1 });
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
  return client;
}
