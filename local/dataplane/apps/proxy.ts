import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as send,
} from "node:http";
import { type Duplex, pipeline } from "node:stream";
import { systemCode } from "../../errors.ts";
import type { Instance } from "./instance.ts";
import { refuse } from "./refuse.ts";

/** Headers of one connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  "connection",
  "expect", // answered here already
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

let turn = 0;

/**
 * Hands a request on to one of the instances, which take turns, and its answer back, both as they stream. When an
 * instance takes no connection any more the next one is tried: nothing of the request was sent.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  instances: readonly Instance[],
  path: string,
  headers: Record<string, string>,
  tried = 0,
): void {
  const instance = instances[turn++ % (instances.length || 1)];
  if (!instance || tried > instances.length) {
    refuse(response, 503, "no instance is up");
    return;
  }
  const leave = instance.enter();
  const upstream = send({
    ...{ host: "127.0.0.1", port: instance.port, method: request.method, path, agent: false },
    headers: { ...endToEnd(request), ...headers, connection: "close" },
    setHost: false,
  });
  response.once("close", leave);
  upstream.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer));
    pipeline(answer, response, () => {}); // cut short, it shows as such to the client
  });
  let isConnected = false;
  upstream.once("socket", (socket) =>
    socket.once("connect", () => {
      isConnected = true;
      pipeline(request, upstream, () => {});
    }),
  );
  upstream.once("error", (error) => {
    response.off("close", leave);
    leave();
    if (!isConnected && systemCode(error) === "ECONNREFUSED")
      return forward(request, response, instances, path, headers, tried + 1);
    refuse(response, 502, "the instance gave no answer");
  });
  response.once("close", () => upstream.destroy());
}

/** The same for a connection that goes on in another protocol: WebSockets. */
export function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  instances: readonly Instance[],
  path: string,
  headers: Record<string, string>,
): void {
  const instance = instances[turn++ % (instances.length || 1)];
  const end = (status: string) =>
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.on("error", () => socket.destroy());
  if (!instance) return void end("503 Service Unavailable");
  const leave = instance.enter();
  socket.once("close", leave);
  const { connection, upgrade } = request.headers;
  const upstream = send({
    ...{ host: "127.0.0.1", port: instance.port, method: request.method, path, agent: false },
    headers: { ...endToEnd(request), ...headers, connection, upgrade },
    setHost: false,
  });
  upstream.once("upgrade", (answer, far, farHead) => {
    const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`);
    socket.write(farHead);
    far.write(head);
    pipeline(far, socket, far, () => {});
  });
  upstream.once("response", (answer) => {
    answer.resume();
    end(`${answer.statusCode} ${answer.statusMessage}`);
  });
  upstream.once("error", () => end("502 Bad Gateway"));
  upstream.end();
}

function endToEnd({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
