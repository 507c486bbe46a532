import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../ports.ts";
import { endLeftover, type RunningProcess, startProcess } from "../process.ts";
import { giveToServers, makePrivateFolder, serverIdentity } from "../programs.ts";
import { ask, type Login, type Reply } from "./client.ts";
import { type Directives, fileOf, hashed } from "./directives.ts";

/** What a server is started with: its settings, and each user's name with the rules of its access. */
export interface Setup {
  readonly directives: Directives;
  readonly users: ReadonlyMap<string, readonly string[]>;
}

const NAME = "valkey";
/** The user that the cloud itself signs in as, with a password that lives as long as the process. */
const CLOUD = "breakwater";
const LOG_LIMIT = 16 * 1024 * 1024;
const POLL = 20;
const ATTEMPTS = 5;

/** One Valkey server: its data, its configuration beside them, its process. */
export class ValkeyNode {
  readonly folder: string;
  #process: RunningProcess | undefined;
  #login: Login = { port: 0, user: CLOUD, password: "" };
  /** What the running process works with. */
  #current: Setup = { directives: {}, users: new Map() };

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
    return this.#login.port;
  }

  get #data(): string {
    return join(this.folder, "data");
  }

  /** Whether it has data that are whole, be they none at all: they are moved here when they are. */
  get hasData(): boolean {
    return existsSync(this.#data);
  }

  /**
   * Makes its data: those of a dump, else none. The dump becomes the base of a log of writes
   * (https://valkey.io/topics/persistence/), as after a rewrite of the log.
   */
  fill(dump?: string): void {
    const draft = `${this.#data}.new`;
    rmSync(draft, { recursive: true, force: true });
    makePrivateFolder(draft);
    if (dump !== undefined) {
      const log = join(draft, "appendonlydir");
      mkdirSync(log, { mode: 0o700 });
      copyFileSync(dump, join(log, "appendonly.aof.1.base.rdb"));
      writeFileSync(join(log, "appendonly.aof.manifest"), "file appendonly.aof.1.base.rdb seq 1 type b\n", {
        mode: 0o600,
      });
      for (const path of [log, join(log, "appendonly.aof.1.base.rdb"), join(log, "appendonly.aof.manifest")])
        giveToServers(path);
    }
    renameSync(draft, this.#data);
  }

  /** Starts it; done when it has loaded its data and takes commands. @throws Error with the server's reason */
  async start(program: string, setup: Setup): Promise<void> {
    await endLeftover(this.folder, NAME);
    // Without persistence a restart begins with nothing, whatever was kept before.
    if (setup.directives.appendonly === "no") this.fill();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#start(program, setup);
      } catch (error) {
        // Between being found and being taken a port can become another program's.
        if (attempt === ATTEMPTS || !String(error).includes("bind")) throw error;
      }
    }
  }

  async #start(program: string, setup: Setup): Promise<void> {
    const login = { port: await freePort(), user: CLOUD, password: randomBytes(24).toString("base64url") };
    const file = join(this.folder, "valkey.conf");
    writeFileSync(file, this.#configuration(login, setup), { mode: 0o600 });
    giveToServers(file);
    const log = join(this.folder, "log");
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT) truncateSync(log);
    const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const process = await startProcess({
      folder: this.folder,
      name: NAME,
      command: program,
      args: [file],
      cwd: this.#data,
      identity: serverIdentity,
      log,
    });
    this.#process = process;
    this.#login = login;
    this.#current = setup;
    void process.exited.then(() => {
      if (this.#process === process) this.#process = undefined;
    });
    while (this.#process === process) {
      if ((await this.ask(["PING"]).catch(() => [undefined]))[0] === "PONG") return;
      await delay(POLL);
    }
    const lines = readFileSync(log, "utf8").slice(before).trim().split("\n");
    const reason = lines.findLast((line) => / # |^\*\*\*|^>>>|'/.test(line)) ?? lines.at(-1) ?? "";
    throw new Error(`Valkey does not start: ${reason.replace(/^.* # /, "")}`);
  }

  #configuration(login: Login, { directives, users }: Setup): string {
    return fileOf([
      ["bind", "127.0.0.1"],
      ["port", String(login.port)],
      ["dir", this.#data],
      ["daemonize", "no"],
      ["appendfsync", "always"],
      ["aof-load-truncated", "yes"],
      // A client is told when a dump fails, and not refused its writes: they are in the log.
      ["stop-writes-on-bgsave-error", "no"],
      ["user", CLOUD, "reset", "on", hashed(login.password), "~*", "&*", "+@all"],
      ...[...users].map(([name, rules]) => ["user", name, ...rules]),
      ...Object.entries(directives).map(([name, value]) => [name, ...value.split(" ")]),
    ]);
  }

  /** Resolves when the running process has ended, whoever ended it. */
  async ended(): Promise<void> {
    await this.#process?.exited;
  }

  /** Ends it; what persists is on the disk. */
  async stop(): Promise<void> {
    const process = this.#process;
    if (process) await process.stop();
    else await endLeftover(this.folder, NAME);
  }

  /** Changes what differs while it runs. Returns whether something differs that only a restart changes. */
  async change(setup: Setup): Promise<boolean> {
    const { directives, users } = this.#current;
    const changed = Object.entries(setup.directives).filter(([name, value]) => directives[name] !== value);
    const commands = [
      ...[...setup.users]
        .filter(([name, rules]) => users.get(name)?.join(" ") !== rules.join(" "))
        .map(([name, rules]) => ["ACL", "SETUSER", name, ...rules]),
      ...[...users.keys()].filter((name) => !setup.users.has(name)).map((name) => ["ACL", "DELUSER", name]),
      ...changed.map(([name, value]) => ["CONFIG", "SET", name, value]),
    ];
    const replies = await this.ask(...commands);
    const errors = replies.filter((reply) => reply instanceof Error);
    const refusal = errors.find(({ message }) => !message.includes("immutable"));
    if (refusal) throw refusal;
    if (errors.length > 0) return true;
    this.#current = setup;
    if (directives.appendonly === "no" && setup.directives.appendonly === "yes") await this.#logged();
    return false;
  }

  /** Waits until what was there before is in the log of writes as well. */
  async #logged(): Promise<void> {
    for (let done = false; !done; await delay(POLL)) {
      const { aof_rewrite_in_progress: underWay, aof_rewrite_scheduled: scheduled } =
        await this.#persistence();
      done = underWay === "0" && scheduled === "0";
    }
  }

  /** Writes a dump of the latest state. Returns its file. */
  async dump(): Promise<string> {
    const { rdb_saves: before } = await this.#persistence();
    const [answer] = await this.ask(["BGSAVE", "SCHEDULE"]);
    if (answer instanceof Error) throw answer;
    for (;;) {
      const now = await this.#persistence();
      // Saves are counted when they begin.
      if (now.rdb_saves !== before && now.rdb_bgsave_in_progress === "0") {
        if (now.rdb_last_bgsave_status === "ok") return join(this.#data, "dump.rdb");
        throw new Error("Valkey can't write a dump of its data: its log says why");
      }
      await delay(POLL);
    }
  }

  async #persistence(): Promise<Record<string, string>> {
    const [text] = await this.ask(["INFO", "persistence"]);
    return Object.fromEntries(
      String(text)
        .split("\r\n")
        .map((line) => line.split(":", 2)),
    );
  }

  /** Commands of the cloud's own user. */
  ask(...commands: readonly (readonly string[])[]): Promise<Reply[]> {
    return ask(this.#login, ...commands);
  }
}
