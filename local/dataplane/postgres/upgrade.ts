import { spawn } from "node:child_process";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { postgresClients } from "../postgres-clients.ts";
import { inside, SUPERUSER, socketName } from "./control.ts";
import { PostgresError, type PostgresNode } from "./node.ts";
import type { NodeSetup } from "./node-files.ts";

/**
 * Moves all of a running server to one of a newer major version, which has no data yet. Both have ended afterwards; when it fails the old one
 * is as it was, and lets clients in again.
 */
export async function upgrade(
  from: PostgresNode,
  to: PostgresNode,
  setupOf: (node: PostgresNode) => NodeSetup,
): Promise<void> {
  await from.change({ ...setupOf(from), isClosed: true });
  try {
    await inside(from, (client) => client.query(LEAVE));
    await to.initialize();
    await to.serve({ ...setupOf(to), isClosed: true });
    await moveData(from, to);
  } catch (error) {
    await to.remove();
    await from.change(setupOf(from));
    throw error;
  }
  await to.stop();
  await from.stop();
}

/** Ends all other connections. */
const LEAVE =
  "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'";

/**
 * Moves all roles and databases of a running server into an empty one of a newer major version, by dump and restore: no package
 * ships pg_upgrade. Nobody else may be connected to either. What a dump has not got stays behind: replication slots
 * and subscriptions' positions, and statistics, which are gathered anew.
 * @throws PostgresError with the first thing that the new version does not take
 */
async function moveData(from: PostgresNode, to: PostgresNode): Promise<void> {
  const bin = join(await postgresClients(), "bin");
  const roles = await text(client(bin, "pg_dumpall", ["--globals-only"], from).stdout);
  // The superuser is there already.
  const others = roles.replace(new RegExp(`^CREATE ROLE ${SUPERUSER};$`, "m"), "");
  await load(bin, to, "postgres", Readable.from([others]));
  const { rows } = await inside(from, (there) =>
    there.query<{ name: string }>(
      "select datname as name from pg_database where datallowconn and datname not in ('postgres', 'template1')",
    ),
  );
  for (const { name } of rows) {
    const dump = client(bin, "pg_dump", ["--create", `--dbname=${conninfo(name)}`], from);
    const [, , code] = await Promise.all([
      load(bin, to, "postgres", dump.stdout),
      text(dump.stderr),
      dump.exited,
    ]);
    if (code !== 0) throw new PostgresError(`database ${name} can't be dumped`);
    await inside(to, (there) => there.query("analyze"), name);
  }
}

/** libpq takes a name with "=" in it for this anyway. */
const conninfo = (database: string) => `dbname='${database.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

async function load(bin: string, node: PostgresNode, database: string, sql: Readable): Promise<void> {
  const args = [
    "--no-psqlrc",
    "--quiet",
    "--output=/dev/null",
    "--set=ON_ERROR_STOP=1",
    `--dbname=${database}`,
  ];
  const psql = client(bin, "psql", args, node);
  const [errors, code] = await Promise.all([
    text(psql.stderr),
    psql.exited,
    pipeline(sql, psql.stdin).catch(() => {}), // it stopped reading: it says why
    psql.stdout.resume(),
  ]);
  if (code !== 0) throw new PostgresError(/ERROR: +(.*)/.exec(errors)?.[1] ?? "the dump can't be loaded");
}

function client(bin: string, program: string, args: readonly string[], { folder, port }: PostgresNode) {
  const env = {
    PGHOST: socketName(folder),
    PGPORT: String(port),
    PGUSER: SUPERUSER,
    PGCLIENTENCODING: "UTF8",
    LC_ALL: "C",
  };
  const child = spawn(join(bin, program), args, { env, stdio: "pipe" });
  const exited = new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  return Object.assign(child, { exited });
}
