import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { giveToServers, makePrivateFolder, serverIdentity } from "../programs.ts";
import { type ServerKind, ServerProcess } from "../server-process.ts";
import { Turns } from "../turns.ts";
import { takeBaseBackup } from "./base-backup.ts";
import type { Settings } from "./configuration.ts";
import { inside, SUPERUSER } from "./control.ts";
import { type NodeSetup, writeConfiguration } from "./node-files.ts";
import type { Program } from "./program.ts";

const run = promisify(execFile);

/** A server that does not start, or ended while it was needed: the reason in the server's own words. */
export class PostgresError extends Error {}

/** WAL is cut into files of this many MiB: each is archived whole, at the latest a minute after something was written. */
export const WAL_SEGMENT_MIB = 4;
const POLL = 20;
const ENV = { TZ: "UTC", LC_ALL: "C", PATH: process.env.PATH ?? "/usr/bin:/bin" };

const KIND: ServerKind = {
  name: "postgres",
  // "Fast": open transactions are rolled back, the data are in order.
  endSignal: "SIGINT",
  // "Immediate": its other processes end as well, which they do not at once when it is killed.
  quitSignal: "SIGQUIT",
  patience: 30_000,
  // The found port was taken meanwhile, or the killed server's processes are about to notice that it is gone.
  passing: /could not create any TCP|lock file .* already exists|shared memory block .* in use/,
  failure: (printed) => new PostgresError(reasonIn(printed)),
};

/** One PostgreSQL server: its data directory, its configuration beside it, its process. */
export class PostgresNode extends ServerProcess {
  readonly folder: string;
  readonly program: Program;
  /** What the running process was started with. */
  #started: Settings = {};
  readonly #changes = new Turns();

  constructor(folder: string, program: Program) {
    super(folder, KIND);
    this.folder = folder;
    this.program = program;
  }

  get data(): string {
    return join(this.folder, "data");
  }

  /** Whether it has data that are whole: they are moved here when they are. */
  get hasData(): boolean {
    return existsSync(join(this.data, "PG_VERSION"));
  }

  /** Where data are made before they are whole; what an interrupted attempt left there is gone. */
  draft(): string {
    const draft = join(this.folder, "data.new");
    makePrivateFolder(this.folder);
    rmSync(draft, { recursive: true, force: true });
    makePrivateFolder(draft);
    return draft;
  }

  /** Makes the draft the node's data. */
  adopt(draft: string): void {
    renameSync(draft, this.data);
  }

  /** Whether its data are a copy that follows another server's. */
  get isStandby(): boolean {
    return existsSync(join(this.data, STANDBY));
  }

  /** Makes it a copy of a running server, to follow it once it is started. */
  async copyFrom(primary: PostgresNode): Promise<void> {
    await this.quit();
    await rm(this.data, { recursive: true, force: true });
    const draft = this.draft();
    await takeBaseBackup(primary, draft, false);
    writeFileSync(join(draft, "postgresql.auto.conf"), "");
    writeFileSync(join(draft, STANDBY), "");
    for (const entry of readdirSync(draft, { recursive: true, encoding: "utf8" }))
      giveToServers(join(draft, entry));
    this.adopt(draft);
  }

  /** Makes a running standby a server of its own, with all that it has received. */
  async promote(): Promise<void> {
    const { rows } = await inside(this, (client) =>
      client.query<{ done: boolean }>("select pg_promote(true, 300) as done"),
    );
    if (!rows[0]?.done) throw new PostgresError("the standby could not be promoted");
  }

  /** Stops it and deletes all that it has. */
  async remove(): Promise<void> {
    await this.quit();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** An empty cluster: checksums, SCRAM, UTF-8 in the order of English, as the platform's are. */
  async initialize(): Promise<void> {
    const draft = this.draft();
    const args = [
      `--pgdata=${draft}`,
      `--username=${SUPERUSER}`,
      "--auth-local=peer",
      "--auth-host=scram-sha-256",
      "--data-checksums",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=icu",
      "--icu-locale=en-US",
      `--wal-segsize=${WAL_SEGMENT_MIB}`,
      "--no-instructions",
      "--no-sync",
    ];
    await run(this.program.initdb, args, { ...serverIdentity, env: ENV, cwd: "/" });
    this.adopt(draft);
  }

  /** Starts it; done when it takes connections, as a standby too. @throws PostgresError with the server's reason */
  async serve(setup: NodeSetup): Promise<void> {
    await this.start((port) => {
      this.#started = { ...setup.settings, port: String(port) };
      writeConfiguration(this, { ...setup, settings: this.#started });
      return {
        command: this.program.postgres,
        args: ["-D", this.data, "-c", `config_file=${join(this.folder, "postgresql.conf")}`],
        env: ENV,
        cwd: "/",
        isUp: (pid) => this.#takesConnections(pid),
      };
    });
  }

  /** The server says so in its lock file (pidfile.h): "starting", "standby" while it recovers, then "ready". */
  #takesConnections(pid: number): boolean {
    const file = join(this.data, "postmaster.pid");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    return lines[0] === String(pid) && lines[7]?.trim() === "ready";
  }

  /** Brings a running server to other settings: by a reload, or a restart where PostgreSQL needs one. */
  change(setup: NodeSetup): Promise<void> {
    return this.#changes.take(() => this.#change(setup));
  }

  async #change(setup: NodeSetup): Promise<void> {
    const settings: Settings = { ...setup.settings, port: String(this.port) };
    const changed = Object.keys({ ...this.#started, ...settings }).filter(
      (name) => this.#started[name] !== settings[name],
    );
    const isNew = writeConfiguration(this, { ...setup, settings });
    if (changed.length === 0 && !isNew) return;
    if (changed.length > 0 && (await this.#needRestart(changed))) {
      await this.stop();
      return this.serve(setup);
    }
    await this.reload();
    this.#started = settings;
  }

  async #needRestart(names: readonly string[]): Promise<boolean> {
    const sql = "select count(*)::int as n from pg_settings where context = 'postmaster' and name = any($1)";
    const { rows } = await inside(this, (client) => client.query<{ n: number }>(sql, [names]));
    return rows[0]?.n !== 0;
  }

  /** Done when new connections see the new configuration. */
  async reload(): Promise<void> {
    const time = "select pg_conf_load_time()::text as at";
    const at = () => inside(this, async (client) => (await client.query<{ at: string }>(time)).rows[0]?.at);
    const before = await at();
    await inside(this, (client) => client.query("select pg_reload_conf()"));
    while (this.isRunning && (await at()) === before) await delay(POLL);
  }
}

const STANDBY = "standby.signal";

/** What the server said last before it ended. */
function reasonIn(log: string): string {
  const lines = [...log.matchAll(/(?:FATAL|PANIC|ERROR): +(.*)/g)].map(([, text]) => text ?? "");
  return lines.findLast((line) => !line.startsWith("terminating")) ?? "PostgreSQL ended without a reason";
}
