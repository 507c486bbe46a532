import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { giveToServers, makePrivateFolder } from "../programs.ts";
import { type ServerKind, ServerProcess } from "../server-process.ts";
import { ask, type Reply } from "./client.ts";
import { type Directives, fileOf, hashed } from "./directives.ts";

/** What a server is started with: its settings, and each user's name with the rules of its access. */
export interface Setup {
  readonly directives: Directives;
  readonly users: ReadonlyMap<string, readonly string[]>;
}

const KIND: ServerKind = {
  name: "valkey",
  endSignal: "SIGTERM",
  quitSignal: "SIGKILL",
  patience: 10_000,
  passing: /bind/,
  failure(printed) {
    const lines = printed.trim().split("\n");
    const reason = lines.findLast((line) => / # |^\*\*\*|^>>>|'/.test(line)) ?? lines.at(-1) ?? "";
    return new Error(`Valkey does not start: ${reason.replace(/^.* # /, "")}`);
  },
};
/** The user that the cloud itself signs in as, with a password that lives as long as the process. */
const CLOUD = "breakwater";
const POLL = 20;

/** One Valkey server: its data, its configuration beside them, its process. */
export class ValkeyNode extends ServerProcess {
  readonly folder: string;
  /** The cloud's, of the running process. */
  #password = "";
  /** What the running process works with. */
  #current: Setup = { directives: {}, users: new Map() };

  constructor(folder: string) {
    super(folder, KIND);
    this.folder = folder;
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
  async serve(program: string, setup: Setup): Promise<void> {
    await this.stop(); // what a killed cloud left of it
    // Without persistence a restart begins with nothing, whatever was kept before.
    if (setup.directives.appendonly === "no") this.fill();
    await this.start((port) => {
      this.#password = randomBytes(24).toString("base64url");
      const file = join(this.folder, "valkey.conf");
      writeFileSync(file, this.#configuration(port, setup), { mode: 0o600 });
      giveToServers(file);
      return {
        command: program,
        args: [file],
        cwd: this.#data,
        isUp: () =>
          this.ask(["PING"]).then(
            ([answer]) => answer === "PONG",
            () => false,
          ),
      };
    });
    this.#current = setup;
  }

  #configuration(port: number, { directives, users }: Setup): string {
    return fileOf([
      ["bind", "127.0.0.1"],
      ["port", String(port)],
      ["dir", this.#data],
      ["daemonize", "no"],
      ["appendfsync", "always"],
      ["aof-load-truncated", "yes"],
      // A client is told when a dump fails, and not refused its writes: they are in the log.
      ["stop-writes-on-bgsave-error", "no"],
      ["user", CLOUD, "reset", "on", hashed(this.#password), "~*", "&*", "+@all"],
      ...[...users].map(([name, rules]) => ["user", name, ...rules]),
      ...Object.entries(directives).map(([name, value]) => [name, ...value.split(" ")]),
    ]);
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
    return ask({ port: this.port, user: CLOUD, password: this.#password }, ...commands);
  }
}
