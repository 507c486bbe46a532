import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Address, databaseOf } from "../connections/postgres.ts";

/** A session of `node-postgres`, with a certificate that is verified. The URI's `sslmode=disable` is for tests. */
export async function connect({ uri, ca }: Address): Promise<pg.Client> {
  const url = new URL(uri);
  const plain = url.searchParams.get("sslmode") === "disable";
  url.search = "";
  const client = new pg.Client({
    connectionString: url.href,
    ssl: plain ? false : { ca, rejectUnauthorized: true },
    application_name: "breakwater-dumps",
  });
  // A lost connection shows in the query that waits for it.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** The environment in which PostgreSQL's programs find the same server: no argument of theirs has the password. */
export async function programEnvironment({ uri, ca }: Address): Promise<{
  env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}> {
  const url = new URL(uri);
  const plain = url.searchParams.get("sslmode") === "disable";
  const folder = await mkdtemp(join(tmpdir(), "breakwater-ca-"));
  const authority = join(folder, "ca.pem");
  if (ca !== undefined) await writeFile(authority, ca);
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("PG"));
  return {
    env: {
      ...Object.fromEntries(others),
      PGHOST: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      PGPORT: url.port || "5432",
      PGUSER: decodeURIComponent(url.username),
      PGPASSWORD: decodeURIComponent(url.password),
      PGDATABASE: databaseOf(uri),
      ...(plain
        ? { PGSSLMODE: "disable" }
        : { PGSSLMODE: "verify-full", PGSSLROOTCERT: ca === undefined ? "system" : authority }),
      PGAPPNAME: "breakwater-dumps",
      PGCONNECT_TIMEOUT: "30",
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
