import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { homeOf, startCloud } from "../../index.ts";
import { Client, type Made, settled, temporaryFolder } from "../../testing.ts";

/**
 * A program as a product would be one: it answers what it was asked, with its environment and process; `BROKEN` makes it
 * unhealthy, `CRASHES` end at once.
 */
const PROGRAM = `
import { createHash } from "node:crypto";
import http from "node:http";
console.log("release", process.env.RELEASE ?? "none");
if (process.env.CRASHES) { console.error("giving up"); process.exit(3); }
const server = http.createServer(async (request, response) => {
  const { method, url, headers } = request;
  if (url === "/healthz") return response.writeHead(process.env.BROKEN ? 500 : 200).end();
  if (url === "/echo") return request.pipe(response);
  if (url === "/crash") process.exit(1);
  if (url.startsWith("/slow")) await new Promise((done) => setTimeout(done, Number(url.slice(6))));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, headers, env: process.env, pid: process.pid }));
});
server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection: Upgrade\\r\\nsec-websocket-accept: " + accept + "\\r\\n\\r\\n");
  socket.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from("hello")]));
  socket.on("error", () => {});
});
server.listen(process.env.PORT, "127.0.0.1");
process.on("SIGTERM", () => { console.log("ending"); server.close(); });
`;

/** A table whose `api` is the program above and whose `pages` has a site. */
export function workspaceTable(t: Pick<TestContext, "after">): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "server.mjs"), PROGRAM);
  mkdirSync(join(folder, "pages", "dist", "docs"), { recursive: true });
  for (const [name, text] of Object.entries({
    "index.html": "<h1>home</h1>",
    "404.html": "lost",
    "app.js": "run()",
    "docs/index.html": "docs",
  }))
    writeFileSync(join(folder, "pages", "dist", name), text);
  writeFileSync(join(folder, "secret.txt"), "outside");
  const table = join(folder, "workspaces.json");
  writeFileSync(
    table,
    JSON.stringify({ api: { folder: ".", command: "node server.mjs" }, pages: { folder: "pages" } }),
  );
  return table;
}

export interface Served {
  cloud: Client;
  /** PEM of the cloud's authority. */
  ca: string;
}

/** A cloud of the test's own, in this process, that runs apps. */
export async function servedCloud(t: Pick<TestContext, "after">): Promise<Served> {
  const home = temporaryFolder(t);
  const cloud = await startCloud({ home, port: 0, workspaces: workspaceTable(t) });
  t.after(() => cloud.close());
  return { cloud: new Client(cloud), ca: caOf(home) };
}

export const caOf = (home: string): string =>
  readFileSync(homeOf(home).authority, "utf8").replace(/-----BEGIN PRIVATE[\s\S]*/, "");

const image = (repository: string) => ({ registry_type: "DOCR", repository, tag: "1" });

/** A service that says within a second whether it is healthy. */
export const API = {
  name: "api",
  image: image("api"),
  instance_count: 1,
  health_check: { http_path: "/healthz", period_seconds: 1, failure_threshold: 3 },
  termination: { drain_seconds: 5, grace_period_seconds: 5 },
};
export const job = (kind: string, run_command: string, facts: object = {}) => ({
  ...{ name: kind.toLowerCase().replace("_", "-"), kind, image: image("api"), run_command },
  ...facts,
});
export const spec = (facts: object = {}) => ({ name: "shop", region: "nyc", services: [API], ...facts });
export const withEnvs = (envs: Record<string, string>, facts: object = {}) =>
  spec({
    services: [{ ...API, ...facts, envs: Object.entries(envs).map(([key, value]) => ({ key, value })) }],
  });

export interface Deployment {
  id: string;
  phase: string;
  cause: string;
  progress: { error_steps: number; steps: Step[] };
}
export interface Step {
  name: string;
  status: string;
  component_name?: string;
  reason?: { code: string; message: string };
  steps?: Step[];
}
export type App = Made & {
  default_ingress: string;
  live_url: string;
  active_deployment?: Deployment;
  pending_deployment?: Deployment;
};

/** A new app once its deployment has ended. */
export async function deployed({ cloud }: Served, wish: object = spec()): Promise<App> {
  const { id } = await cloud.make("/v2/apps", { spec: wish });
  return (await settled(cloud, id)) as App;
}

/** Gives an app another spec and waits until that deployment has ended. */
export async function redeployed({ cloud }: Served, id: string, wish: object): Promise<App> {
  const { status, body } = await cloud.put(`/v2/apps/${id}`, { spec: wish });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return (await settled(cloud, id)) as App;
}

/** The deployments, latest first. */
export async function deploymentsOf({ cloud }: Served, id: string): Promise<Deployment[]> {
  return (await cloud.get<{ deployments: Deployment[] }>(`/v2/apps/${id}/deployments`)).body.deployments;
}

/** The lines of a log, by the links that the API gives. */
export async function linesOf({ cloud }: Served, path: string): Promise<string[]> {
  const { body } = await cloud.get<{ historic_urls: string[] }>(path);
  const texts = await Promise.all(body.historic_urls.map(async (url) => (await fetch(url)).text()));
  return texts.join("").split("\n").filter(Boolean);
}

export interface Page {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** What an app answers, asked with full verification of its certificate. */
export function ask(
  { ca }: Pick<Served, "ca">,
  url: string,
  options: RequestOptions = {},
  body?: string,
): Promise<Page> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, agent: false, ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** What the program says of itself and of the request. */
export interface Told {
  method: string;
  url: string;
  headers: Record<string, string>;
  env: Record<string, string>;
  pid: number;
}
export const told = async (served: Served, url: string, options: RequestOptions = {}): Promise<Told> =>
  JSON.parse((await ask(served, url, options)).text);
