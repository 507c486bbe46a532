import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Address } from "../connections/postgres.ts";
import type { Bytes } from "./bytes.ts";
import { differences, type Manifest } from "./manifest.ts";
import { partsOf, schemaDigest, settle } from "./postgres.ts";
import { connect, programEnvironment } from "./postgres-client.ts";
import { output } from "./program.ts";

export interface PostgresRestore {
  /**
   * `kept`: what was a role's is that role's again, which the connecting one must be allowed to give. `mine`: all becomes
   * the connecting role's, and grants are left out. @default "kept"
   */
  owners?: "kept" | "mine";
  /** Make the roles that are missing, unable to log in. For drills: a stack makes its own users. @default false */
  makeRoles?: boolean;
}

/**
 * Restores a dump into an empty database, as one transaction, and compares what is there then with the manifest.
 *
 * @param open the decrypted dump from its beginning; it is called twice, since the list of what is in it comes first.
 * @throws when the database is not empty or older than the dump, a role is missing, the dump is damaged, or what came
 * out of it differs. Then, but for the last, the database is as it was, roles and extensions aside.
 */
export async function restorePostgres(
  address: Address,
  manifest: Manifest,
  open: () => Bytes,
  { owners = "kept", makeRoles = false }: PostgresRestore = {},
): Promise<void> {
  const client = await connect(address);
  const programs = await programEnvironment(address);
  const folder = await mkdtemp(join(tmpdir(), "breakwater-restore-"));
  try {
    await refuseUnfit(client, manifest);
    if (owners === "kept") await prepareRoles(client, manifest.schema?.roles ?? [], makeRoles);
    const list = await output("pg_restore", ["--list"], { env: programs.env, input: open() });
    if (owners === "kept") await letOwn(client, ownersIn(list, manifest.schema?.roles ?? []));
    const there = await client.query<{ extname: string }>("select extname from pg_extension");
    const listFile = join(folder, "list");
    await writeFile(
      listFile,
      wanted(
        list,
        there.rows.map(({ extname }) => extname),
      ),
    );
    const args = [`--use-list=${listFile}`, "--single-transaction", "--exit-on-error", "--dbname="];
    if (owners === "mine") args.push("--no-owner", "--no-privileges");
    await output("pg_restore", args, { env: programs.env, input: open() });
    await client.query("analyze");
    const problems = await compared(client, manifest, owners, () =>
      output("pg_dump", ["--schema-only", "--exclude-schema=breakwater_canary"], { env: programs.env }),
    );
    if (problems.length) throw new Error(`the restored database differs: ${problems.join("; ")}`);
  } finally {
    await Promise.all([client.end(), programs.close(), rm(folder, { recursive: true, force: true })]);
  }
}

/** What is in a restored database that should not be, or the other way around. */
async function compared(
  client: pg.Client,
  manifest: Manifest,
  owners: "kept" | "mine",
  schema: () => Promise<string>,
): Promise<string[]> {
  await client.query("begin isolation level repeatable read read only");
  await settle(client);
  const problems = differences(manifest.parts, await partsOf(client));
  const { rows } = await client.query<{ server: string }>(
    "select current_setting('server_version') as server",
  );
  await client.query("commit");
  const tool = (await output("pg_dump", ["--version"], { env: process.env })).trim();
  // Other versions write the same schema in other words.
  const comparable =
    owners === "kept" && tool === manifest.tool && major(rows[0]?.server) === major(manifest.server);
  if (comparable && schemaDigest(await schema()) !== manifest.schema?.sha256)
    problems.push("its schema is not that of the dump");
  return problems;
}

async function refuseUnfit(client: pg.Client, { server }: Manifest): Promise<void> {
  const { rows } = await client.query<{ server: string; tables: number }>(`
    select current_setting('server_version') as server, count(*)::int as tables
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and c.relpersistence <> 't'
      and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'breakwater_canary')
      and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`);
  const [{ server: here, tables } = { server: "0", tables: 0 }] = rows;
  if (tables > 0) throw new Error(`the database has ${tables} tables and views: restore into an empty one`);
  if (major(here) < major(server))
    throw new Error(
      `the server is PostgreSQL ${here}, and the dump is of ${server}: restore into ${major(server)} or later`,
    );
}

/** Every role must be there, and the one that restores must be able to give things to it. */
async function prepareRoles(client: pg.Client, roles: readonly string[], make: boolean): Promise<void> {
  const there = await client.query<{ rolname: string }>("select rolname from pg_roles");
  const known = new Set(there.rows.map(({ rolname }) => rolname));
  const missing = roles.filter((role) => !known.has(role));
  if (missing.length && !make)
    throw new Error(`roles are missing: ${missing.join(", ")}; make them first, as the stack does`);
  for (const role of missing) await client.query(`create role ${pg.escapeIdentifier(role)} nologin`);
  const foreign = await client.query<{ rolname: string }>(
    "select rolname from pg_roles where rolname = any($1) and not pg_has_role(rolname, 'usage')",
    [roles],
  );
  // Where that is not allowed, pg_restore says so of the first thing that it can't give away.
  for (const { rolname } of foreign.rows)
    await client.query(`grant ${pg.escapeIdentifier(rolname)} to current_user`).catch(() => undefined);
}

/** Those of some roles that own something in schema public: the last word of a list's line. */
function ownersIn(list: string, roles: readonly string[]): string[] {
  const lines = list.split("\n").filter((line) => line.includes(" public "));
  return roles.filter((role) => lines.some((line) => line.endsWith(` ${role}`)));
}

/** Unless a superuser gives it, a table in schema public can only become that of a role who may create there. */
async function letOwn(client: pg.Client, owners: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>(
    `select rolname from pg_roles where rolname = any($1) and not has_schema_privilege(rolname, 'public', 'create')
       and not (select rolsuper from pg_roles where rolname = current_user)`,
    [owners],
  );
  for (const { rolname } of rows)
    await client.query(`grant usage, create on schema public to ${pg.escapeIdentifier(rolname)}`);
}

/**
 * Of a dump's list, what is to be restored: not the extensions that are there already, nor comments on extensions, which
 * only their owner may write.
 */
function wanted(list: string, extensions: readonly string[]): string {
  const left = (line: string) => {
    const [, comment, name] = / (COMMENT - EXTENSION|EXTENSION -) "?([^" ]+)/.exec(line) ?? [];
    return name === undefined || (comment === "EXTENSION -" && !extensions.includes(name));
  };
  return list.split("\n").filter(left).join("\n");
}

function major(version: string | undefined): number {
  return Number.parseInt(version ?? "", 10);
}
