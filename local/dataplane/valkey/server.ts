import { rm } from "node:fs/promises";
import type { Duplex } from "node:stream";
import {
  type Backup,
  type DatabaseServer,
  DataGone,
  type Engine,
  type ServerSpec,
  type Site,
} from "../engine.ts";
import { Keeper } from "../keeper.ts";
import { aclOf, directivesOf, isDurable, needsTls } from "./directives.ts";
import { ValkeyNode } from "./node.ts";
import { valkeyProgram } from "./program.ts";
import { TlsEnd } from "./tls-end.ts";

/** Serves Valkey. Further nodes of a cluster exist at the API alone: a server that is killed is started again with all it had. */
export const valkey: Engine = { ports: [25061], server: (site) => new ValkeyServer(site) };

export class ValkeyServer implements DatabaseServer {
  readonly #site: Site;
  readonly #node: ValkeyNode;
  /** Undefined while clients come without TLS. */
  #tls: TlsEnd | undefined;
  readonly #keeper: Keeper;

  constructor(site: Site) {
    this.#site = site;
    this.#node = new ValkeyNode(site.folder);
    this.#keeper = new Keeper(this.#node, site.log);
  }

  apply(spec: ServerSpec): Promise<void> {
    return this.#keeper.inTurn(async () => {
      const program = await valkeyProgram(spec.version, (line) => this.#site.log(line));
      const users = spec.users.map(
        (user, number) => [user.name, aclOf(user, spec.config, number === 0)] as const,
      );
      const setup = { directives: directivesOf(spec), users: new Map(users) };
      if (!this.#node.hasData) {
        if (spec.isMade && isDurable(spec.config)) throw new DataGone(this.#node.folder);
        await this.#fill(spec);
      }
      if (this.#node.isRunning && (await this.#node.change(setup))) {
        this.#keeper.release();
        await this.#node.stop();
      }
      await this.#keeper.keep(() => this.#node.serve(program, setup));
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
    return this.#keeper.inTurn(() => this.#node.dump());
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
    return this.#keeper.inTurn(async () => {
      this.#keeper.release();
      await this.#node.stop();
    });
  }

  destroy(): Promise<void> {
    return this.#keeper.inTurn(async () => {
      this.#keeper.release();
      await this.#node.quit();
      await rm(this.#site.folder, { recursive: true, force: true });
    });
  }

  backups(): readonly Backup[] {
    return [];
  }

  backUp(): Promise<Backup> {
    return Promise.reject(new Error("Valkey has no backups, as on the platform"));
  }
}
