import { rootCertificates } from "node:tls";
import pg from "pg";

/** How a database is reached. */
export interface Address {
  /** With user, password and database. */
  readonly uri: string;
  /** PEM text of the authority that signs the server's certificate. Without it, public authorities are believed. */
  readonly ca?: string | undefined;
}

/** Milliseconds that a connection may take to be made. */
const PATIENCE = 10_000;

/**
 * A connection over TLS whose certificate and host name were verified, whatever the URI says of `sslmode`.
 *
 * @param more what else the driver shall know.
 */
export async function connectPostgres({ uri, ca }: Address, more: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: withoutTls(uri),
    ssl: { ca: ca ?? [...rootCertificates], rejectUnauthorized: true },
    connectionTimeoutMillis: PATIENCE,
    application_name: "breakwater-operations",
    keepAlive: true,
    ...more,
  });
  // A connection that breaks while nothing is asked of it must not end the process: the next query tells.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return client;
}

/** The driver would let what the URI says of TLS win over what it is told. */
export function withoutTls(uri: string): string {
  const url = new URL(uri);
  for (const name of [...url.searchParams.keys()])
    if (name.startsWith("ssl") || name === "uselibpqcompat") url.searchParams.delete(name);
  return url.href;
}

/** The database that a URI names. */
export function databaseOf(uri: string): string {
  return decodeURIComponent(new URL(uri).pathname.slice(1));
}
