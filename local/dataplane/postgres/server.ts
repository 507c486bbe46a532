import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import type { Backup, DatabaseServer, Engine, ServerSpec, Site } from "../engine.ts";
import { makePrivateFolder } from "../programs.ts";
import { applyAccounts } from "./accounts.ts";
import { settingsOf } from "./configuration.ts";
import { inside } from "./control.ts";
import { type NodeSetup, PostgresNode } from "./node.ts";
import { postgresProgram } from "./program.ts";

/** The port of every cluster, as on the platform. */
export const POSTGRES_PORT = 25060;

export const postgres: Engine = {
  ports: [POSTGRES_PORT],
  server: (site) => new PostgresServer(site),
};

/** One PostgreSQL cluster. */
export class PostgresServer implements DatabaseServer {
  readonly folder: string;
  #primary: PostgresNode | undefined;
  /** What is done to a server is done one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ folder }: Site) {
    this.folder = folder;
  }

  /** Runs `action` as the superuser, in `database`. */
  inside<T>(action: (client: Client) => Promise<T>, database?: string): Promise<T> {
    if (!this.#primary) throw new Error("PostgreSQL is not running");
    return inside(this.#primary, action, database);
  }

  apply(spec: ServerSpec): Promise<void> {
    return this.#inTurn(async () => {
      makePrivateFolder(this.folder);
      this.#primary ??= new PostgresNode(join(this.folder, "1"), await postgresProgram(spec.version));
      const node = this.#primary;
      const setup = this.#setup(spec);
      if (!node.hasData) await node.initialize();
      if (node.isRunning) await node.change(setup);
      else await node.start(setup);
      await applyAccounts(node, spec);
    });
  }

  /** Where a connection to a port of the platform goes on: a port of 127.0.0.1. */
  connect(port: number): number {
    if (port !== POSTGRES_PORT || !this.#primary?.isRunning) throw new Error("PostgreSQL is not running");
    return this.#primary.port;
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => this.#primary?.stop());
  }

  destroy(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#primary?.stop();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  backups(): readonly Backup[] {
    return [];
  }

  async backUp(): Promise<Backup> {
    throw new Error("not made yet");
  }

  #setup(spec: ServerSpec): NodeSetup {
    return { settings: { ...settingsOf(spec), archive_command: "true" }, tls: spec.tls };
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
