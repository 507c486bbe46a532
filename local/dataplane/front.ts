import { connect, createServer, type Server, type Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { systemCode } from "../errors.ts";

export interface FrontOptions {
  hosts: readonly string[];
  port: number;
  /** Whether this client is let through. One that is not is hung up on at once; the platform's firewall lets it wait. */
  admits(client: Socket): boolean;
  /** Where a client's connection goes on: a port of 127.0.0.1, or a stream made for it. Throws when nothing serves. */
  connect(): Duplex | number;
}

export interface Front {
  /** Takes no more connections and ends those that are open. */
  close(): Promise<void>;
}

/** What clients connect to: listens where a cluster's address says, and hands connections on to the server behind. */
export async function openFront(options: FrontOptions): Promise<Front> {
  const { hosts, port, admits } = options;
  const clients = new Set<Socket>();

  const serve = (client: Socket) => {
    client.on("error", ignored);
    const server = admits(client) && serverFor(options);
    if (!server) return client.destroy();
    clients.add(client.on("close", () => clients.delete(client)));
    client.setNoDelay(true);
    server.on("error", ignored);
    // Either side ends the other, also when it breaks.
    pipeline(client, server, ignored);
    pipeline(server, client, ignored);
  };

  const servers: Server[] = [];
  const close = async () => {
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const client of clients) client.destroy();
    await Promise.all(closed);
  };
  try {
    for (const host of hosts) {
      const server = createServer({ allowHalfOpen: true }, serve);
      await listen(server, host, port);
      servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

function serverFor(options: FrontOptions): Duplex | undefined {
  try {
    const server = options.connect();
    return typeof server === "number"
      ? connect({ host: "127.0.0.1", port: server, noDelay: true, allowHalfOpen: true })
      : server;
  } catch {
    return undefined; // it says itself why it does not serve
  }
}

/** A connection that breaks is no news. */
const ignored = () => {};

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const taken = systemCode(error) === "EADDRINUSE";
      reject(
        new Error(
          taken
            ? `port ${port} of ${host} is in use by another program: stop it, and the server comes up`
            : `port ${port} of ${host} can't be had (${error.message})`,
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}
