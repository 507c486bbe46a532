import { createHash } from "node:crypto";
import type { Client } from "pg";
import pg from "pg";
import type { UserSpec } from "../engine.ts";

/**
 * Who may do what to MongoDB's databases, as rights in PostgreSQL: FerretDB itself lets everyone do everything
 * that PostgreSQL lets them do.
 *
 * A database of MongoDB is a schema, a collection a table in it. For each there are three roles: one reads, one writes,
 * and one owns the tables, so that it makes and drops collections and indexes, and reads and writes nothing but FerretDB's notes
 * on them. Three more roles stand for all databases. An event trigger gives what is made to these roles, whoever made it.
 */

const RIGHTS = ["read", "write", "manage"] as const;
type Right = (typeof RIGHTS)[number];

/** MongoDB's built-in roles that the API knows. */
const ROLES: Readonly<Record<string, readonly Right[]>> = {
  readOnly: ["read"],
  readWrite: ["read", "write", "manage"],
  dbAdmin: ["manage"],
};

/** The API's name for all databases (API description, `mongo_user_settings.databases`). */
const EVERY = "admin";
/** No user can be called so: the API takes no colon. */
const PREFIX = "mongodb:";

const name = pg.escapeIdentifier;
const roleOf = (right: Right, database: string) =>
  `${PREFIX}${right}:${database === EVERY ? "all" : createHash("md5").update(database).digest("hex")}`;

interface Access {
  readonly rights: readonly Right[];
  readonly databases: readonly string[];
}

/** What a user may do. Without settings it is what the administrator may, as on the platform. */
export function accessOf({ settings }: UserSpec): Access {
  const wanted = settings?.mongo_user_settings;
  if (typeof wanted !== "object" || wanted === null) return { rights: RIGHTS, databases: [EVERY] };
  const { role, databases } = wanted as { role?: unknown; databases?: unknown };
  const rights = ROLES[String(role)] ?? [];
  const named = Array.isArray(databases) ? databases.filter((it) => typeof it === "string") : [];
  return { rights, databases: named.length === 0 || named.includes(EVERY) ? [EVERY] : named };
}

/** Makes what gives new databases and collections to their roles. May be repeated at any time. */
const PREPARED = `
do $$ declare wanted text; begin
  foreach wanted in array array['${RIGHTS.map((right) => roleOf(right, EVERY)).join("','")}'] loop
    if not exists (select from pg_roles where rolname = wanted) then execute format('create role %I', wanted); end if;
  end loop;
end $$;
create schema if not exists _breakwater;

create or replace function _breakwater.role_of(wanted text, mongodb text) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare role text := '${PREFIX}' || wanted || ':' || md5(mongodb);
begin
  if not exists (select from pg_roles where rolname = role) then
    execute format('create role %I', role);
    execute format('grant %I to %I', role, '${PREFIX}' || wanted || ':all');
  end if;
  return role;
end $$;

create or replace function _breakwater.entrust() returns event_trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
  made record;
  mongodb text;
  reader text; writer text; manager text;
begin
  for made in select * from pg_event_trigger_ddl_commands() where command_tag in ('CREATE SCHEMA', 'CREATE TABLE') loop
    select nspname into mongodb from pg_namespace
    where oid = case made.command_tag when 'CREATE SCHEMA' then made.objid
                else (select relnamespace from pg_class where oid = made.objid) end;
    reader := _breakwater.role_of('read', mongodb);
    writer := _breakwater.role_of('write', mongodb);
    manager := _breakwater.role_of('manage', mongodb);
    if made.command_tag = 'CREATE SCHEMA' then
      execute format('alter schema %I owner to %I', mongodb, '${roleOf("manage", EVERY)}');
      execute format('grant usage on schema %I to %I, %I, %I', mongodb, reader, writer, manager);
      execute format('grant create on schema %I to %I', mongodb, manager);
    else
      execute format('alter table %s owner to %I', made.object_identity, manager);
      execute format('revoke all on table %s from %I', made.object_identity, manager);
      execute format('grant select on table %s to %I', made.object_identity, reader);
      execute format('grant select, insert, update, delete, truncate on table %s to %I', made.object_identity, writer);
      if made.object_identity like '%._ferretdb\\_database\\_metadata' then
        execute format('grant select, insert, update, delete on table %s to %I', made.object_identity, manager);
      end if;
    end if;
  end loop;
end $$;

do $$ begin
  if not exists (select from pg_event_trigger where evtname = 'entrust') then
    drop schema public;
    create event trigger entrust on ddl_command_end
      when tag in ('CREATE SCHEMA', 'CREATE TABLE') execute function _breakwater.entrust();
  end if;
end $$;
`;

/** Brings every user's rights to what the spec says. The users exist. */
export async function applyAccess(client: Client, users: readonly UserSpec[]): Promise<void> {
  await client.query(PREPARED);
  const { rows } = await client.query<{ member: string; role: string }>(
    `select members.rolname as member, roles.rolname as role from pg_auth_members
     join pg_roles as members on members.oid = member join pg_roles as roles on roles.oid = roleid
     where starts_with(roles.rolname, '${PREFIX}')`,
  );
  for (const user of users) {
    const wanted = await rolesOf(client, user);
    const held = rows.filter(({ member }) => member === user.name).map(({ role }) => role);
    for (const role of held.filter((role) => !wanted.includes(role)))
      await client.query(`revoke ${name(role)} from ${name(user.name)}`);
    for (const role of wanted.filter((role) => !held.includes(role)))
      await client.query(`grant ${name(role)} to ${name(user.name)}`);
    const database = `create on database ${name(client.database ?? "")}`;
    if (wanted.includes(roleOf("manage", EVERY)))
      await client.query(`grant ${database} to ${name(user.name)}`);
    else await client.query(`revoke ${database} from ${name(user.name)}`);
  }
}

/** The roles that a user is to be in; those of its databases are there afterwards. */
async function rolesOf(client: Client, user: UserSpec): Promise<string[]> {
  const { rights, databases } = accessOf(user);
  const roles: string[] = [];
  for (const database of databases)
    for (const right of rights) {
      if (database !== EVERY) await client.query("select _breakwater.role_of($1, $2)", [right, database]);
      roles.push(roleOf(right, database));
    }
  return roles;
}
