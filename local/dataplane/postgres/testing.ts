import pg from "pg";
import type { ServerSpec } from "../engine.ts";
import { TestCluster } from "../testing.ts";
import { POSTGRES_PORT, PostgresServer, postgres } from "./server.ts";

export const ADMIN = { name: "doadmin", password: "AVNS_admin" };
export const SHOP = { name: "shop", password: "AVNS_shop" };

/** A cluster of PostgreSQL for a test, with an administrator, a user and two databases. */
export const postgresCluster = (
  spec: Partial<ServerSpec> = {},
  peers: readonly TestCluster[] = [],
): TestCluster =>
  new TestCluster(
    postgres,
    { version: "17", users: [ADMIN, SHOP], databases: ["defaultdb", "shop"], ...spec },
    peers,
  );

/** Connects as a program does that checks whom it talks to: `sslmode=verify-full`. */
export async function connectTo(cluster: TestCluster, options: pg.ClientConfig = {}): Promise<pg.Client> {
  const { host } = cluster;
  const [{ name: user, password } = ADMIN] = cluster.spec.users;
  const ssl = { ca: cluster.spec.ca };
  const client = new pg.Client({
    host,
    port: POSTGRES_PORT,
    user,
    password,
    database: "defaultdb",
    ssl,
    ...options,
  });
  client.on("error", () => {}); // told to whoever waits for an answer
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  return client;
}

/** The rows of one query over a connection of its own. */
export async function query<T extends pg.QueryResultRow = pg.QueryResultRow>(
  cluster: TestCluster,
  sql: string,
  options?: pg.ClientConfig,
): Promise<T[]> {
  const client = await connectTo(cluster, options);
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

export function serverOf(cluster: TestCluster): PostgresServer {
  if (cluster.server instanceof PostgresServer) return cluster.server;
  throw new Error("not a cluster of PostgreSQL");
}
