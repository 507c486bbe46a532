import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { LOG_TYPES, type LogQuery, type Logs } from "./logs.ts";

export interface LogServer {
  /** A link to the log that needs no token but the one in it, as those that the platform signs. */
  linkTo(query: LogQuery, options: { follow: boolean; tail?: number | undefined }): string;
  close(): void;
}

/**
 * Hands logs out: as text, or as messages `{"data": "<line>"}` to who asks for a WebSocket (doctl does). With `follow`
 * it goes on with what comes.
 */
export async function serveLogs(logs: Logs): Promise<LogServer> {
  const secret = randomBytes(32);
  const sign = (query: URLSearchParams) => createHmac("sha256", secret).update(String(query)).digest();

  function asked(request: IncomingMessage): Asked | undefined {
    const query = new URL(request.url ?? "/", "http://logs").searchParams;
    const token = Buffer.from(query.get("token") ?? "", "hex");
    query.delete("token");
    query.sort();
    const expected = sign(query);
    if (token.length !== expected.length || !timingSafeEqual(token, expected)) return undefined;
    const type = LOG_TYPES.find((type) => type === query.get("type"));
    const [app, deployment] = [query.get("app"), query.get("deployment")];
    if (!type || !app || !deployment) return undefined;
    const tail = Number(query.get("tail") ?? Number.POSITIVE_INFINITY);
    const component = query.get("component") ?? undefined;
    return { query: { app, deployment, component, type }, follow: query.get("follow") === "true", tail };
  }

  const linesOf = ({ query, tail }: Asked) =>
    logs
      .read(query)
      .slice(-tail)
      .map((line) => `${line}\n`);

  const server = createServer((request, response: ServerResponse) => {
    const wish = asked(request);
    if (!wish) return void response.writeHead(403).end();
    response.writeHead(200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
    response.write(linesOf(wish).join(""));
    if (!wish.follow) return void response.end();
    response.flushHeaders();
    response.once(
      "close",
      logs.follow(wish.query, (text) => response.write(text)),
    );
  });
  server.on("upgrade", (request, socket) => {
    const wish = asked(request);
    const key = request.headers["sec-websocket-key"];
    if (!wish || !key) return void socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    openWebSocket(socket, key);
    const send = (text: string) => {
      for (const line of text.split(/(?<=\n)/)) socket.write(frame(TEXT, JSON.stringify({ data: line })));
    };
    for (const line of linesOf(wish)) send(line);
    const stop = wish.follow ? logs.follow(wish.query, send) : () => {};
    socket.on("error", () => {}); // whoever reads may leave at any time
    socket.once("close", stop);
    if (!wish.follow) return void socket.end(frame(CLOSE, NORMAL));
    // A client that is done says so; nothing else is expected of it.
    socket.on("data", (bytes) => ((bytes[0] ?? 0) & 0x0f) === CLOSE && socket.end(frame(CLOSE, NORMAL)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    linkTo({ app, deployment, component, type }, { follow, tail }) {
      const query = new URLSearchParams({ app, deployment, type, follow: String(follow) });
      if (component) query.set("component", component);
      if (tail !== undefined) query.set("tail", String(tail));
      query.sort();
      const token = sign(query).toString("hex");
      return `http://127.0.0.1:${port}/logs?${query}&token=${token}`;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Asked {
  query: LogQuery;
  follow: boolean;
  tail: number;
}

// WebSocket, RFC 6455: what a server needs that only sends.

const TEXT = 0x1;
const CLOSE = 0x8;
/** Close code 1000: all is said. */
const NORMAL = Buffer.from([0x03, 0xe8]);
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function openWebSocket(socket: Duplex, key: string): void {
  const accept = createHash("sha1")
    .update(key + GUID)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
}

function frame(opcode: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length =
    bytes.length < 126
      ? Buffer.from([bytes.length])
      : Buffer.from([126, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([Buffer.from([0x80 | opcode]), length, bytes]);
}
