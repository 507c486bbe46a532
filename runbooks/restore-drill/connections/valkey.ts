import { Redis, type RedisOptions } from "ioredis";
import type { Address } from "./postgres.ts";

/** Milliseconds that a connection may take to be made. */
const PATIENCE = 10_000;

/** A connection over TLS whose certificate and host name are verified, that has been heard. It is made once: a failure is thrown. */
export async function connectValkey({ uri, ca }: Address, more: RedisOptions = {}): Promise<Redis> {
  const client = new Redis(uri, {
    tls: { ca, rejectUnauthorized: true },
    lazyConnect: true,
    connectTimeout: PATIENCE,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    ...more,
  });
  let failure: Error | undefined;
  client.on("error", (error: Error) => {
    failure ??= error;
  });
  try {
    await client.connect();
    await client.ping();
    return client;
  } catch (error) {
    client.disconnect();
    throw failure ?? error;
  }
}
