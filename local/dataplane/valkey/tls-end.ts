import { connect } from "node:net";
import { type Duplex, duplexPair, pipeline } from "node:stream";
import { createServer, type Server } from "node:tls";
import type { Issued } from "../../certificates.ts";

/** Ends TLS in front of a server that has none. */
export class TlsEnd {
  /** It listens nowhere: it is handed what clients send. */
  readonly #server: Server;

  /** @param port where the server listens on 127.0.0.1 just then; undefined while it does not. */
  constructor({ certificate, key }: Issued, port: () => number | undefined) {
    this.#server = createServer({ cert: certificate, key, minVersion: "TLSv1.2" }, (client) => {
      client.on("error", ignored);
      const target = port();
      if (target === undefined) return client.destroy();
      const server = connect({ host: "127.0.0.1", port: target, noDelay: true });
      // Either side ends the other, also when it breaks.
      pipeline(client, server, ignored);
      pipeline(server, client, ignored);
    });
    this.#server.on("tlsClientError", (_, socket) => socket.destroy());
  }

  /** What a client who speaks TLS is connected with. */
  stream(): Duplex {
    const [outer, inner] = duplexPair();
    // Ends are passed on by the pair itself, breaks are not.
    inner.on("error", ignored).on("close", () => inner.writableFinished || outer.destroy());
    outer.on("close", () => outer.writableFinished || inner.destroy());
    this.#server.emit("connection", inner);
    return outer;
  }
}

/** A connection that breaks is no news. */
const ignored = () => {};
