import type { Client } from "pg";
import pg from "pg";
import type { ServerSpec, UserSpec } from "../engine.ts";
import { inside, type Target } from "./control.ts";
import { newVerifier, verifies } from "./scram.ts";

/**
 * The users and databases of a cluster. The platform's administrator is no superuser: it makes roles and databases, sees
 * every row, replicates, and owns the databases that the API made. What clients make by SQL is theirs and stays.
 */

const name = pg.escapeIdentifier;
const text = pg.escapeLiteral;

/** Roles that PostgreSQL or the platform has for itself. */
const isReserved = (role: string) => role === "postgres" || role.startsWith("pg_");

/** Marks what the API made. Something renamed by SQL is no longer under its mark, and is not deleted. */
const markOf = (made: string) => `Made through the API as ${made}`;

/** Brings roles and databases to what the spec says. May be repeated at any time. */
export async function applyAccounts(target: Target, spec: ServerSpec): Promise<void> {
  const [admin] = spec.users;
  if (!admin) throw new Error(`cluster ${spec.id} has no administrator`);
  const users = spec.users.filter((user) => !isReserved(user.name));
  await inside(target, async (client) => {
    const known = await rolesOf(client);
    for (const user of users) await applyUser(client, user, user === admin, known.get(user.name));
    for (const user of users) if (user !== admin) await entrust(client, user.name, admin.name);
    await applyDatabases(client, spec.databases, admin.name);
    const wanted = new Set(users.map((user) => user.name));
    const gone = [...known.values()].filter((role) => role.isOurs && !wanted.has(role.name));
    for (const role of gone) await removeUser(target, client, role.name, admin.name);
  });
}

interface Role {
  name: string;
  password: string | null;
  attributes: string;
  isOurs: boolean;
}

async function rolesOf(client: Client): Promise<Map<string, Role>> {
  const { rows } = await client.query<{
    name: string;
    password: string | null;
    attributes: string;
    mark: string | null;
  }>(`
    select rolname as name, rolpassword as password, shobj_description(oid, 'pg_authid') as mark,
           concat_ws(' ', case when rolcanlogin then 'login' else 'nologin' end,
                          case when rolreplication then 'replication' else 'noreplication' end) as attributes
    from pg_authid`);
  return new Map(
    rows.map(({ mark, ...role }) => [role.name, { ...role, isOurs: mark === markOf(role.name) }]),
  );
}

async function applyUser(
  client: Client,
  user: UserSpec,
  isAdmin: boolean,
  known: Role | undefined,
): Promise<void> {
  const replicates = isAdmin || user.settings?.pg_allow_replication === true;
  const attributes = replicates ? "login replication" : "login noreplication";
  const role = name(user.name);
  const hasPassword = known !== undefined && verifies(known.password, user.password);
  const password = hasPassword ? "" : ` password ${text(newVerifier(user.password))}`;
  if (!known) await client.query(`create role ${role} ${attributes}${password}`);
  else if (password || known.attributes !== attributes)
    await client.query(`alter role ${role} ${attributes}${password}`);
  if (known?.isOurs) return;
  await client.query(`comment on role ${role} is ${text(markOf(user.name))}`);
  if (!isAdmin) return;
  await client.query(`alter role ${role} createdb createrole bypassrls`);
  await client.query(`grant pg_monitor, pg_signal_backend to ${role}`);
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

async function applyDatabases(client: Client, wanted: readonly string[], admin: string): Promise<void> {
  const { rows } = await client.query<{ name: string; mark: string | null }>(
    "select datname as name, shobj_description(oid, 'pg_database') as mark from pg_database",
  );
  const known = new Map(rows.map(({ name, mark }) => [name, mark]));
  for (const database of wanted) {
    if (!known.has(database)) await client.query(`create database ${name(database)} owner ${name(admin)}`);
    if (known.get(database) !== markOf(database))
      await client.query(`comment on database ${name(database)} is ${text(markOf(database))}`);
  }
  const gone = rows.filter((row) => row.mark === markOf(row.name) && !wanted.includes(row.name));
  for (const row of gone) await client.query(`drop database ${name(row.name)} with (force)`);
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
