import { rmSync } from "node:fs";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Backup, DatabaseServer, Engine, ServerSpec, Site } from "../engine.ts";
import { aclOf, directivesOf, isDurable, needsTls } from "./directives.ts";
import { type Setup, ValkeyNode } from "./node.ts";
import { valkeyProgram } from "./program.ts";
import { TlsEnd } from "./tls-end.ts";

/** Between attempts to start a server that has ended by itself. */
const LONGEST_WAIT = 30_000;

/** Serves Valkey. Further nodes of a cluster exist at the API alone: a server that is killed is started again with all it had. */
export const valkey: Engine = { ports: [25061], server: (site) => new ValkeyServer(site) };

export class ValkeyServer implements DatabaseServer {
  readonly #site: Site;
  readonly #node: ValkeyNode;
  /** Undefined while clients come without TLS. */
  #tls: TlsEnd | undefined;
  /** What is to run; undefined while nothing is. */
  #wish: { program: string; setup: Setup } | undefined;
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(site: Site) {
    this.#site = site;
    this.#node = new ValkeyNode(site.folder);
  }

  apply(spec: ServerSpec): Promise<void> {
    return this.#inTurn(async () => {
      const program = await valkeyProgram(spec.version, (line) => this.#site.log(line));
      const users = spec.users.map(
        (user, number) => [user.name, aclOf(user, spec.config, number === 0)] as const,
      );
      const setup = { directives: directivesOf(spec), users: new Map(users) };
      if (!this.#node.hasData) await this.#fill(spec);
      this.#wish = { program, setup };
      if (!this.#node.isRunning) await this.#start();
      else if (await this.#node.change(setup)) {
        await this.#node.stop();
        await this.#start();
      }
      this.#tls = needsTls(spec.config) ? new TlsEnd(spec.tls, () => this.#port) : undefined;
    });
  }

  async #fill({ source, config }: ServerSpec): Promise<void> {
    if (source?.kind !== "copy" || !isDurable(config)) return this.#node.fill();
    const origin = this.#site.serverOf(source.cluster);
    if (!(origin instanceof ValkeyServer)) throw new Error("the cluster that this one is a fork of is gone");
    const dump = await origin.dump();
    this.#node.fill(dump);
  }

  /** Writes the latest state to a file, which the next dump replaces. */
  dump(): Promise<string> {
    return this.#inTurn(() => this.#node.dump());
  }

  async #start(): Promise<void> {
    if (!this.#wish) return;
    await this.#node.start(this.#wish.program, this.#wish.setup);
    void this.#node.ended().then(() => this.#revive());
  }

  /** Starts a server again that was not stopped. */
  async #revive(): Promise<void> {
    for (let wait = 100; this.#wish && !this.#node.isRunning; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        await this.#inTurn(async () => {
          if (this.#wish && !this.#node.isRunning) await this.#start();
        });
      } catch (error) {
        this.#site.log(String(error));
        await delay(wait, undefined, { ref: false });
      }
    }
  }

  connect(): Duplex | number {
    const port = this.#port;
    if (port === undefined) throw new Error("Valkey is not running");
    return this.#tls?.stream() ?? port;
  }

  /** The server's, while it runs: one that it has left may be another program's by now. */
  get #port(): number | undefined {
    return this.#node.isRunning ? this.#node.port : undefined;
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      this.#wish = undefined;
      await this.#node.stop();
    });
  }

  async destroy(): Promise<void> {
    await this.stop();
    rmSync(this.#site.folder, { recursive: true, force: true });
  }

  backups(): readonly Backup[] {
    return [];
  }

  backUp(): Promise<Backup> {
    return Promise.reject(new Error("Valkey has no backups, as on the platform"));
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action, action);
    this.#turn = result.catch(() => {});
    return result;
  }
}
