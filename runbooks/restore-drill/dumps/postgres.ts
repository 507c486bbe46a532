import { createHash } from "node:crypto";
import type pg from "pg";
import type { Address } from "../connections/postgres.ts";
import type { Bytes } from "./bytes.ts";
import type { Content, Part } from "./manifest.ts";
import { connect, programEnvironment } from "./postgres-client.ts";
import { output, run } from "./program.ts";

/** The drill's own schema, which is no part of the product's data. */
const canarySchema = "breakwater_canary";

/** A dump that is under way: its bytes, and what was in it, known when all of them were read. */
export interface Dump {
  readonly startedAt: Date;
  readonly bytes: Bytes;
  readonly content: Promise<Content>;
  /** Ends it, finished or not. */
  close(): Promise<unknown>;
}

/**
 * Dumps a database with PostgreSQL's own `pg_dump`, in its custom format, compressed. What is counted and hashed beside it
 * is of the same snapshot, which this session exports and keeps.
 *
 * @throws when pg_dump is not there, or older than the server.
 */
export async function dumpPostgres(address: Address, signal?: AbortSignal): Promise<Dump> {
  const client = await connect(address);
  const programs = await programEnvironment(address);
  const stopping = new AbortController();
  const close = async () => {
    stopping.abort();
    await Promise.all([client.end(), programs.close()]);
  };
  try {
    await client.query("begin isolation level repeatable read read only");
    await settle(client);
    const { rows } = await client.query<{ snapshot: string; now: Date; server: string }>(
      "select pg_export_snapshot() as snapshot, now(), current_setting('server_version') as server",
    );
    const [{ snapshot, now, server } = { snapshot: "", now: new Date(), server: "" }] = rows;
    const common = [`--snapshot=${snapshot}`, `--exclude-schema=${canarySchema}`, "--lock-wait-timeout=60s"];
    const signals = signal ? [signal, stopping.signal] : [stopping.signal];
    const options = { env: programs.env, signal: AbortSignal.any(signals) };
    const dump = run("pg_dump", ["--format=custom", ...common], options);
    const content = contentOf(client, server, () => output("pg_dump", ["--schema-only", ...common], options));
    // Looked at when the bytes were read: until then a failure waits.
    content.catch(() => undefined);
    return { startedAt: now, bytes: followedBy(content, dump), content, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The bytes, which fail at their end when what was to be known of them can't be. */
async function* followedBy(content: Promise<unknown>, bytes: Bytes): Bytes {
  yield* bytes;
  await content;
}

async function contentOf(client: pg.Client, server: string, schema: () => Promise<string>): Promise<Content> {
  return {
    server,
    tool: (await output("pg_dump", ["--version"], { env: process.env })).trim(),
    consistency: "snapshot",
    schema: {
      sha256: schemaDigest(await schema()),
      extensions: await namesOf(
        client,
        "select extname as name from pg_extension where extname <> 'plpgsql'",
      ),
      roles: await rolesOf(client),
    },
    parts: await partsOf(client),
  };
}

/** What a row looks like as text, whatever the server's settings; and time for a large dump. */
export async function settle(client: pg.Client): Promise<void> {
  await client.query(`
    set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
    set local row_security = off; set local search_path = pg_catalog;
    set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';
    set local extra_float_digits = 1; set local bytea_output = 'hex'`);
}

/** Every table of the product with its rows, read in full. In a transaction after `settle`. */
export async function partsOf(client: pg.Client): Promise<Part[]> {
  const tables = await client.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) collate "C" as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't'
      and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', '${canarySchema}')
      and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by name`);
  const parts: Part[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ rows: string; digest: string }>(
      `select count(*) as rows,
         coalesce(sum(hashtextextended(t::text collate "C", 0)::numeric), 0)::text as digest from only ${name} t`,
    );
    parts.push({ name, rows: Number(rows[0]?.rows), digest: rows[0]?.digest ?? "" });
  }
  return parts;
}

/** Who owns something in this database, or was granted something. */
function rolesOf(client: pg.Client): Promise<string[]> {
  return namesOf(
    client,
    `select distinct r.rolname as name from pg_shdepend d join pg_roles r on r.oid = d.refobjid
     where d.refclassid = 'pg_authid'::regclass
       and d.dbid = (select oid from pg_database where datname = current_database())`,
  );
}

async function namesOf(client: pg.Client, query: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(query);
  return rows.map(({ name }) => name).sort();
}

/** The same for the same schema: comments, and the key that each run makes up, are left out, and so is the order. */
export function schemaDigest(statements: string): string {
  const lines = statements.split("\n").filter((line) => line && !/^(--|\\(un)?restrict )/.test(line));
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}
