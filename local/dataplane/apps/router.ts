import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer, type Server as TlsServer } from "node:https";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { corsHeaders, isPreflight } from "./cors.ts";
import type { Instance } from "./instance.ts";
import { forward, forwardUpgrade } from "./proxy.ts";
import { refuse } from "./refuse.ts";
import { pathFor, redirectTo, ruleFor } from "./rules.ts";
import { type Site, serveFile } from "./site.ts";
import type { DeploymentSpec, RuleSpec } from "./spec.ts";

/** What a rule can lead to: the instances of a service that take requests now, or the files of a site. */
export type Target = { readonly instances: readonly Instance[] } | Site;

type Certify = (names: readonly string[]) => { readonly certificate: string; readonly key: string };

/** The first byte of a TLS handshake (RFC 8446, 5.1). */
const HANDSHAKE = 0x16;

/** The way into one app: TLS on its address, by the rules of what is live, and its services' ports for one another. */
export class Router {
  readonly #url: URL;
  readonly #find: (component: string) => Target | undefined;
  readonly #log: (line: string) => void;
  #deployment: DeploymentSpec | undefined;
  #names = "";
  #tls: TlsServer | undefined;
  readonly #servers: (NetServer | Server)[] = [];
  readonly #sockets = new Set<Socket>();
  /** Services that are reached by others, with their servers. */
  readonly #inside = new Map<number, Server>();

  constructor(url: string, find: (component: string) => Target | undefined, log: (line: string) => void) {
    this.#url = new URL(url);
    this.#find = find;
    this.#log = log;
  }

  /** Takes the rules of what is live from now on; listens from the first time on. */
  apply(deployment: DeploymentSpec, certify: Certify, names: readonly string[]): void {
    this.#deployment = deployment;
    if (this.#names !== String(names)) {
      this.#names = String(names);
      const { certificate: cert, key } = certify(names);
      if (this.#tls) this.#tls.setSecureContext({ cert, key });
      else if (deployment.rules.length > 0) this.#open(cert, key);
      else this.#names = "";
    }
    this.#openInside();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#inside.values()) server.closeAllConnections();
    const open = [...this.#servers, ...this.#inside.values()].filter((server) => server.listening);
    await Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #open(cert: string, key: string): void {
    const tls = createHttpsServer({ cert, key }, (request, response) => this.#answer(request, response));
    tls.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    tls.on("tlsClientError", (_, socket) => socket.destroy());
    // Who speaks HTTP on the port of TLS is sent where the platform sends those who come to port 80.
    const plain = createHttpServer((request, response) => {
      const location = `https://${request.headers.host ?? this.#url.host}${request.url}`;
      response.writeHead(301, { location, "content-length": 0 }).end();
    });
    const entry = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => this.#sockets.delete(socket));
      socket.once("data", (bytes) => {
        socket.pause();
        socket.unshift(bytes);
        (bytes[0] === HANDSHAKE ? tls : plain).emit("connection", socket);
        process.nextTick(() => socket.resume());
      });
    });
    this.#tls = tls;
    this.#servers.push(entry);
    this.#listen(entry, Number(this.#url.port || 443));
  }

  #openInside(): void {
    const services = this.#deployment?.components.filter((component) => component.serves) ?? [];
    for (const { name, serves } of services) {
      if (!serves || this.#inside.has(serves.privatePort)) continue;
      const server = createHttpServer((request, response) => {
        const target = this.#find(name);
        if (target && "instances" in target)
          forward(request, response, target.instances, request.url ?? "/", {});
        else refuse(response, 503, "no instance is up");
      });
      server.on("upgrade", (request, socket, head) => {
        const target = this.#find(name);
        if (target && "instances" in target)
          forwardUpgrade(request, socket, head, target.instances, request.url ?? "/", {});
        else socket.destroy();
      });
      this.#inside.set(serves.privatePort, server);
      this.#listen(server, serves.privatePort);
    }
  }

  #listen(server: NetServer | Server, port: number): void {
    server.once("error", (error) =>
      this.#log(
        `Port ${port} of ${this.#url.hostname} can't be had (${error.message}): the app is not reached there.`,
      ),
    );
    server.listen(port, this.#url.hostname);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const rule = this.#ruleOf(request);
    const cors = corsHeaders(rule?.cors, request);
    if (!rule) refuse(response, 404, "no route");
    else if (rule.cors && isPreflight(request)) response.writeHead(200, cors).end();
    else if (rule.redirect) {
      const location = redirectTo(rule.redirect, request, this.#url);
      response.writeHead(rule.redirect.code, { location, "content-length": 0 }).end();
    } else {
      for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
      this.#reach(rule, request, response);
    }
  }

  #reach(rule: RuleSpec, request: IncomingMessage, response: ServerResponse): void {
    const target = this.#find(rule.component?.name ?? "");
    const path = pathFor(rule, request.url ?? "/");
    if (!target) refuse(response, 503, "nothing is deployed here");
    else if ("folder" in target) void serveFile(request, response, path, target);
    else forward(request, response, target.instances, path, this.#forwarded(request));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const rule = this.#ruleOf(request);
    const target = rule?.component && this.#find(rule.component.name);
    if (!rule || !target || "folder" in target) {
      socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    forwardUpgrade(
      request,
      socket,
      head,
      target.instances,
      pathFor(rule, request.url ?? "/"),
      this.#forwarded(request),
    );
  }

  #ruleOf(request: IncomingMessage): RuleSpec | undefined {
    return ruleFor(this.#deployment?.rules ?? [], request.url ?? "/", request.headers.host ?? "");
  }

  /** What the platform's edge tells an app of the client; what a client says of itself there does not count. */
  #forwarded(request: IncomingMessage): Record<string, string> {
    const client = request.socket.remoteAddress ?? "";
    const { header } = this.#deployment ?? {};
    return {
      "x-forwarded-for": client,
      "x-forwarded-proto": "https",
      "x-forwarded-host": request.headers.host ?? "",
      "x-forwarded-port": this.#url.port || "443",
      "do-connecting-ip": client,
      ...(header && { [header.key.toLowerCase()]: header.value }),
    };
  }
}
