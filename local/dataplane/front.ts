import { createServer, type Server, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import { systemCode } from "../errors.ts";
import type { Front, FrontOptions } from "./engine.ts";

interface Options extends FrontOptions {
  hosts: readonly string[];
  /** Whether this client is let through. One that is not is hung up on at once; the platform's firewall lets it wait. */
  admits(client: Socket): boolean;
}

/** What clients connect to: listens where a cluster's address says, and hands connections on to the server behind. */
export async function openFront(options: Options): Promise<Front> {
  const { hosts, port, admits, connect, tls } = options;
  const context = tls && createSecureContext({ cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2" });
  const clients = new Set<Socket>();

  const serve = (socket: Socket) => {
    socket.on("error", ignored);
    if (!admits(socket)) return socket.destroy();
    clients.add(socket.on("close", () => clients.delete(socket)));
    socket.setNoDelay(true);
    const client = context ? new TLSSocket(socket, { isServer: true, secureContext: context }) : socket;
    const server = connect();
    client.on("error", ignored);
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
