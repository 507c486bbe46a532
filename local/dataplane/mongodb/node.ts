import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ServerSpec } from "../engine.ts";
import { freePort } from "../ports.ts";
import { endLeftover, type RunningProcess, startProcess } from "../process.ts";
import { giveToServers, makePrivateFolder, serverIdentity } from "../programs.ts";
import type { Document } from "./bson.ts";
import { CommandError, run } from "./client.ts";

const NAME = "mongodb";
const LOG_LIMIT = 16 * 1024 * 1024;
const POLL = 20;
const ATTEMPTS = 5;

/** The process that speaks MongoDB's protocol. It has no data: all of them are in PostgreSQL. */
export class WireNode {
  readonly folder: string;
  #process: RunningProcess | undefined;
  #port = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Where it listens on 127.0.0.1, while it runs. */
  get port(): number {
    return this.#port;
  }

  /**
   * Starts it; done when the administrator is served. FerretDB reads the names of databases and collections once, as the first who
   * signs in sees them: so that has to be the administrator, who sees all.
   * @param postgres where PostgreSQL is reached, under the name that its certificate is for
   * @throws Error with the server's reason
   */
  async start(
    program: string,
    spec: ServerSpec,
    postgres: { host: string; port: number; database: string },
  ): Promise<void> {
    await endLeftover(this.folder, NAME);
    makePrivateFolder(this.folder);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#start(program, spec, postgres);
      } catch (error) {
        // Between being found and being taken a port can become another program's.
        if (attempt === ATTEMPTS || !String(error).includes("address already in use")) throw error;
      }
    }
  }

  async #start(
    program: string,
    spec: ServerSpec,
    postgres: { host: string; port: number; database: string },
  ): Promise<void> {
    const port = await freePort();
    const log = join(this.folder, "log");
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT) truncateSync(log);
    const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const process = await startProcess({
      folder: this.folder,
      name: NAME,
      command: program,
      args: [
        ...["-listen", `127.0.0.1:${port}`],
        ...["-certificate", this.#put("server.crt", spec.tls.certificate)],
        ...["-key", this.#put("server.key", spec.tls.key)],
        ...["-postgres", `${postgres.host}:${postgres.port}`, "-database", postgres.database],
        ...["-authority", this.#put("ca.crt", spec.ca)],
      ],
      cwd: this.folder,
      identity: serverIdentity,
      log,
    });
    this.#process = process;
    this.#port = port;
    void process.exited.then(() => {
      if (this.#process === process) this.#process = undefined;
    });
    for (let refusals = 0; this.#process === process; ) {
      try {
        await this.run(spec, { listDatabases: 1, $db: "admin" });
        return;
      } catch (error) {
        // FerretDB gives PostgreSQL five seconds, which can be too few on a busy machine.
        if (error instanceof CommandError && ++refusals === ATTEMPTS) {
          await this.stop();
          throw error;
        }
      }
      await delay(POLL);
    }
    const said = readFileSync(log, "utf8").slice(before).trim().split("\n");
    throw new Error(`The MongoDB server does not start: ${said.at(-1)}`);
  }

  /** Commands of the administrator. */
  run({ users: [admin], ca, place }: ServerSpec, ...commands: readonly Document[]): Promise<Document[]> {
    if (!admin) throw new Error("a cluster has an administrator");
    const address = { host: "127.0.0.1", port: this.#port, ca, certifiedHost: place.host };
    return run(address, { user: admin.name, password: admin.password }, ...commands);
  }

  /** Resolves when the running process has ended, whoever ended it. */
  async ended(): Promise<void> {
    await this.#process?.exited;
  }

  async stop(): Promise<void> {
    const process = this.#process;
    if (process) await process.stop();
    else await endLeftover(this.folder, NAME);
  }

  #put(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    giveToServers(path);
    return path;
  }
}
