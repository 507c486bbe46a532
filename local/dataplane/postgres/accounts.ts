import type { Client } from "pg";
import pg from "pg";
import type { ServerSpec, UserSpec } from "../engine.ts";
import { inside, type Target } from "./control.ts";
import { newVerifier, readVerifier, type Verifier, verifies } from "./scram.ts";

/**
 * The users and databases of a cluster. The platform's administrator is no superuser: it makes roles and databases, sees
 * every row, replicates, and owns the databases that the API made. What clients make by SQL is theirs and stays.
 */

const name = pg.escapeIdentifier;
const text = pg.escapeLiteral;

/** Roles that PostgreSQL or the platform has for itself. */
const isReserved = (role: string) => role === "postgres" || role.startsWith("pg_");

/** The roles and databases that the API made in this cluster: what it no longer names of these goes, and nothing else. */
export interface Made {
  readonly users: readonly string[];
  readonly databases: readonly string[];
}

/** What the API made once the spec is applied. */
export const madeBy = (spec: ServerSpec): Made => ({
  users: spec.users.map((user) => user.name),
  databases: spec.databases,
});

/**
 * Brings roles and databases to what the spec says. May be repeated at any time. `made` is what earlier specs of this cluster
 * had; a fork begins with nothing, so that what its source has lost since is there.
 */
export async function applyAccounts(target: Target, spec: ServerSpec, made: Made): Promise<void> {
  const [admin] = spec.users;
  if (!admin) throw new Error(`cluster ${spec.id} has no administrator`);
  const users = spec.users.filter((user) => !isReserved(user.name));
  await inside(target, async (client) => {
    const known = await rolesOf(client);
    for (const user of users) await applyUser(client, user, user === admin, known.get(user.name));
    for (const user of users) if (user !== admin) await entrust(client, user.name, admin.name);
    await applyDatabases(client, spec.databases, admin.name, made.databases);
    const wanted = new Set(users.map((user) => user.name));
    const gone = made.users.filter((role) => known.has(role) && !wanted.has(role) && !isReserved(role));
    for (const role of gone) await removeUser(target, client, role, admin.name);
  });
}

/** What the server keeps of a user's password. */
export async function verifierIn(target: Target, user: string): Promise<Verifier | undefined> {
  const sql =
    "select rolpassword as password from pg_authid where rolname = $1 and rolcanlogin and not rolsuper";
  const { rows } = await inside(target, (client) => client.query<{ password: string | null }>(sql, [user]));
  return readVerifier(rows[0]?.password ?? null);
}

interface Role {
  name: string;
  password: string | null;
  attributes: readonly string[];
}

async function rolesOf(client: Client): Promise<Map<string, Role>> {
  const no = (attribute: string, name: string) => `case when ${attribute} then '' else 'no' end || '${name}'`;
  const { rows } = await client.query<Role>(`
    select rolname as name, rolpassword as password,
           array[${no("rolcanlogin", "login")}, ${no("rolreplication", "replication")},
                     ${no("rolcreatedb", "createdb")}, ${no("rolcreaterole", "createrole")}, ${no("rolbypassrls", "bypassrls")}] as attributes
    from pg_authid`);
  return new Map(rows.map((role) => [role.name, role]));
}

async function applyUser(
  client: Client,
  user: UserSpec,
  isAdmin: boolean,
  known: Role | undefined,
): Promise<void> {
  const replicates = isAdmin || user.settings?.pg_allow_replication === true;
  // What else a user may do is whatever the administrator gave it by SQL.
  const wanted = ["login", replicates ? "replication" : "noreplication"];
  if (isAdmin) wanted.push("createdb", "createrole", "bypassrls");
  const attributes = wanted.join(" ");
  const role = name(user.name);
  const hasPassword = known !== undefined && verifies(known.password, user.password);
  const password = hasPassword ? "" : ` password ${text(newVerifier(user.password))}`;
  if (!known) await client.query(`create role ${role} ${attributes}${password}`);
  else if (password || !wanted.every((attribute) => known.attributes.includes(attribute)))
    await client.query(`alter role ${role} ${attributes}${password}`);
  if (isAdmin) await client.query(`grant pg_monitor, pg_signal_backend to ${role}`);
}

/** Up to version 15 whoever makes roles rules all that are no superusers; since then only those it was given or made. */
async function entrust(client: Client, role: string, admin: string): Promise<void> {
  const { rows } = await client.query<{ version: number; has: boolean }>(
    `select current_setting('server_version_num')::int as version,
            exists (select from pg_auth_members where roleid = $1::regrole and member = $2::regrole and admin_option) as has`,
    [name(role), name(admin)],
  );
  const [state] = rows;
  if (!state || state.has || state.version < 160_000) return;
  await client.query(`grant ${name(role)} to ${name(admin)} with admin true, inherit false, set false`);
}

async function applyDatabases(
  client: Client,
  wanted: readonly string[],
  admin: string,
  made: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ name: string }>("select datname as name from pg_database");
  const known = new Set(rows.map((row) => row.name));
  for (const database of wanted)
    if (!known.has(database)) await client.query(`create database ${name(database)} owner ${name(admin)}`);
  const gone = made.filter((database) => known.has(database) && !wanted.includes(database));
  for (const database of gone) await client.query(`drop database ${name(database)} with (force)`);
}

/** What it owned becomes the administrator's: a user goes, data do not. */
async function removeUser(target: Target, client: Client, role: string, admin: string): Promise<void> {
  await client.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [role]);
  const { rows } = await client.query<{ name: string }>(
    "select datname as name from pg_database where datallowconn and datname not like 'template_'",
  );
  const handOver = `reassign owned by ${name(role)} to ${name(admin)}; drop owned by ${name(role)}`;
  for (const database of rows) await inside(target, (there) => there.query(handOver), database.name);
  await client.query(`drop role ${name(role)}`);
}
