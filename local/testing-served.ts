import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { engines } from "./dataplane/engines.ts";
import { homeOf, type RunningCloud, startCloud } from "./index.ts";
import { removeServers } from "./leftovers.ts";
import { CLUSTER, Client, type Made } from "./testing.ts";

// Clouds whose clusters are servers.

/** What closes the clouds of a state folder. */
const closers = new Map<string, (() => Promise<void>)[]>();

/** A state folder that goes with the test, after its clouds and servers. */
export function servedHome(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), "breakwater-"));
  const close: (() => Promise<void>)[] = [];
  closers.set(home, close);
  t.after(async () => {
    await Promise.all(close.map((one) => one()));
    await removeServers(home);
    rmSync(home, { recursive: true, force: true });
  });
  return home;
}

/** Has something closed before its state folder goes. */
export function closeBefore(home: string, close: () => Promise<void>): void {
  closers.get(home)?.push(close);
}

export interface Served {
  cloud: Client;
  running: RunningCloud;
  /** What the cloud logged. */
  log: string[];
}

/** A cloud with servers in this process. */
export async function servedCloud(
  t: TestContext,
  home = servedHome(t),
  options: Partial<Parameters<typeof startCloud>[0]> = {},
): Promise<Served> {
  const log: string[] = [];
  const running = await startCloud({
    home,
    port: 0,
    servers: engines,
    log: (line) => log.push(line),
    ...options,
  });
  const close = running.close;
  let closed: Promise<void> | undefined;
  running.close = () => {
    closed ??= close();
    return closed;
  };
  closeBefore(home, running.close);
  return { cloud: new Client(running), running, log };
}

/** A cloud with servers as a process of its own, once it listens. */
export async function servedProcess(home: string): Promise<{ cloud: Client; child: ChildProcess }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, BREAKWATER_HOME: home, BREAKWATER_PORT: "0", BREAKWATER_SERVERS: "all" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  closeBefore(home, async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL"))
      await once(child, "exit");
  });
  const lines = createInterface(child.stdout);
  const [line] = await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the cloud ended with ${code}`))),
  ]);
  const token = readFileSync(homeOf(home).token, "utf8").trim();
  return { cloud: new Client({ url: JSON.parse(String(line)).listening, token }), child };
}

/** The cluster once it is online. Servers take their time: asking without a pause would take it from them. */
export async function online(cloud: Client, id: string): Promise<Made> {
  for (;;) {
    const { database } = (await cloud.get<{ database: Made }>(`/v2/databases/${id}`)).body;
    if (database.status === "online") return database;
    await delay(50);
  }
}

/** A new cluster that is online. */
export async function onlineCluster(cloud: Client, name: string, facts: object = {}): Promise<Made> {
  const { id } = await cloud.make("/v2/databases", { ...CLUSTER, name, ...facts });
  return online(cloud, id);
}

export interface Address {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export const addressOf = ({ connection }: Made): Address => {
  const { host, port, user, password, database } = connection as Address;
  return { host, port, user, password, database };
};

export async function caOf(cloud: Client, id: string): Promise<string> {
  const { body } = await cloud.get<{ ca: { certificate: string } }>(`/v2/databases/${id}/ca`);
  return Buffer.from(body.ca.certificate, "base64").toString();
}

/** Runs one statement over a connection of its own, verified in full. */
export async function query<Row extends pg.QueryResultRow>(
  ca: string | undefined,
  address: Address,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({
    ...address,
    ssl: ca !== undefined && { ca },
    connectionTimeoutMillis: 20_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Asks for TLS as PostgreSQL's clients do (protocol 3.0, SSLRequest), from an address of this machine. */
export async function isLetIn({ host, port }: Address, from: string): Promise<boolean> {
  const socket = connect({ host, port, localAddress: from }).on("error", () => {});
  socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  const answer = await Promise.race([
    once(socket, "data").then(([data]) => String(data) === "S"),
    once(socket, "close").then(() => false),
  ]);
  socket.destroy();
  return answer;
}
