import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";

/** One address for a server whose port changes with each start. */
export class Bridge {
  readonly #target: () => Duplex | number;
  #server: Server | undefined;
  readonly #clients = new Set<Socket>();

  /** @param target the port of 127.0.0.1 where the server is just then, or a stream to it; throws while it is nowhere. */
  constructor(target: () => Duplex | number) {
    this.#target = target;
  }

  /** Listens on a host of this machine, unless it does already. Returns the port. */
  async open(host: string): Promise<number> {
    if (!this.#server) {
      this.#server = createServer({ noDelay: true }, (client) => this.#serve(client));
      this.#server.listen(0, host);
      await once(this.#server, "listening");
    }
    const address = this.#server.address();
    if (typeof address !== "object" || !address) throw new Error("the bridge to PostgreSQL is closed");
    return address.port;
  }

  #serve(client: Socket): void {
    client.on("error", ignored);
    let target: Duplex | number;
    try {
      target = this.#target();
    } catch {
      client.destroy();
      return;
    }
    this.#clients.add(client.on("close", () => this.#clients.delete(client)));
    const server =
      typeof target === "number" ? connect({ host: "127.0.0.1", port: target, noDelay: true }) : target;
    // Either side ends the other, also when it breaks.
    pipeline(client, server, ignored);
    pipeline(server, client, ignored);
  }

  close(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const client of this.#clients) client.destroy();
  }
}

/** A connection that breaks is no news. */
const ignored = () => {};
