import { createHash } from "node:crypto";
import { Socket } from "node:net";
import { userInfo } from "node:os";
import pg from "pg";

/**
 * How the cloud reaches a server of its own: as its superuser, over a socket in Linux's abstract namespace (unix(7)) that knows
 * the process at the other end. No password of it exists, neither on disk nor in a database that is restored.
 */

/** The superuser that no client can be. DigitalOcean's clusters have one of this name too. */
export const SUPERUSER = "postgres";

/** `unix_socket_directories` of the server whose files lie in `folder`. */
export const socketName = (folder: string): string =>
  `@breakwater-${createHash("sha256").update(folder).digest("hex").slice(0, 24)}`;

/** The names in the system's user table of those who may come in this way: the cloud, and standbys, which run as servers do. */
export const insiders = (): readonly string[] => {
  const { username, uid } = userInfo();
  return uid === 0 ? [username, "nobody"] : [username];
};

export interface Target {
  /** The folder of the server's files. */
  readonly folder: string;
  readonly port: number;
}

/** Connects as the superuser, or as `user`. The caller ends it. */
export async function connectInside(
  { folder, port }: Target,
  database = "postgres",
  options: pg.ClientConfig = {},
): Promise<pg.Client> {
  const client = new pg.Client({
    user: SUPERUSER,
    database,
    application_name: "breakwater",
    stream: () => abstractSocket(`${socketName(folder)}/.s.PGSQL.${port}`),
    ...options,
  });
  client.on("error", () => {}); // a server that goes away is told to whoever waits for an answer
  await client.connect();
  return client;
}

/** Connects, runs, and ends the connection whatever happens. */
export async function inside<T>(
  target: Target,
  action: (client: pg.Client) => Promise<T>,
  database?: string,
): Promise<T> {
  const client = await connectInside(target, database);
  try {
    return await action(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A socket whose `connect` goes to a name in the abstract namespace, whatever address it is given. */
export function abstractSocket(name: string): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  return Object.assign(socket, { connect: () => connect({ path: `\0${name.slice(1)}` }) });
}
