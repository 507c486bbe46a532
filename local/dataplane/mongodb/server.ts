import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Backup, DatabaseServer, Engine, ServerSpec, Site, UserSpec } from "../engine.ts";
import { Keeper } from "../keeper.ts";
import { POSTGRES_PORT, PostgresServer } from "../postgres/server.ts";
import { makePrivateFolder } from "../programs.ts";
import { accessOf, applyAccess } from "./access.ts";
import { Bridge } from "./bridge.ts";
import type { Document } from "./bson.ts";
import { WireNode } from "./node.ts";
import { mongoProgram } from "./program.ts";

/** The PostgreSQL beneath, and its one database: each of MongoDB's is a schema of it. */
const POSTGRES_VERSION = "17";
const DATABASE = "mongodb";
/** FerretDB holds up to 50 connections for each user, whatever the plan: PostgreSQL gives 25 for each GiB. */
const POSTGRES_MEMORY = 8192;

/** Serves MongoDB's protocol over a PostgreSQL, whose backups and forks are the cluster's. Further nodes exist at the API alone. */
export const mongodb: Engine = { ports: [27017], server: (site) => new MongoServer(site) };

export class MongoServer implements DatabaseServer {
  readonly #site: Site;
  readonly #postgres: PostgresServer;
  readonly #bridge: Bridge;
  readonly #node: WireNode;
  readonly #keeper: Keeper;
  /** What was applied last. */
  #spec: ServerSpec | undefined;

  constructor(site: Site) {
    this.#site = site;
    this.#postgres = new PostgresServer({
      ...site,
      folder: join(site.folder, "postgres"),
      serverOf(id) {
        const server = site.serverOf(id);
        return server instanceof MongoServer ? server.#postgres : undefined;
      },
    });
    this.#bridge = new Bridge(() => this.#postgres.connect(POSTGRES_PORT));
    this.#node = new WireNode(join(site.folder, "wire"));
    this.#keeper = new Keeper(this.#node, site.log);
  }

  apply(spec: ServerSpec): Promise<void> {
    return this.#keeper.inTurn(async () => {
      const program = await mongoProgram((line) => this.#site.log(line));
      makePrivateFolder(this.#site.folder);
      await this.#postgres.apply(beneath(spec));
      await this.#postgres.inside(async (client) => {
        await applyAccess(client, spec.users);
        // FerretDB goes on serving who knows the old password for as long as it has connections that were made with it.
        const sql = "select pg_terminate_backend(pid) from pg_stat_activity where usename = any($1)";
        await client.query(sql, [this.#rotated(spec.users)]);
      }, DATABASE);
      if (this.#spec && this.#spec.tls.certificate !== spec.tls.certificate) {
        this.#keeper.release();
        await this.#node.stop();
      }
      this.#spec = spec;
      const { host } = spec.place;
      const port = await this.#bridge.open(host);
      await this.#keeper.keep(() => this.#node.serve(program, spec, { host, port, database: DATABASE }));
      await this.#applyDatabases(spec);
    });
  }

  #rotated(users: readonly UserSpec[]): string[] {
    const before = new Map(this.#spec?.users.map((user) => [user.name, user.password]));
    return users
      .filter(({ name, password }) => before.has(name) && before.get(name) !== password)
      .map((user) => user.name);
  }

  /** Makes the databases of the API and those that users are confined to, and drops those that the API made and are gone. */
  async #applyDatabases(spec: ServerSpec): Promise<void> {
    const file = join(this.#site.folder, "databases.json");
    // Not in PostgreSQL: a fork to a time before a database was deleted is to have it.
    const made: string[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
    const gone = made.filter((name) => !spec.databases.includes(name));
    const confined = spec.users.flatMap((user) => accessOf(user).databases);
    const [answer] = await this.#node.run(spec, { listDatabases: 1, nameOnly: true, $db: "admin" });
    const known = new Set(JSON.stringify(answer?.databases).match(/(?<="name":")[^"]+/g));
    const missing = new Set([...spec.databases, ...confined].filter((name) => !known.has(name)));
    // A database is there once it has had a collection.
    const make = [...missing].flatMap(($db): Document[] => [
      { create: "_breakwater", $db },
      { drop: "_breakwater", $db },
    ]);
    const drop = gone.filter((name) => known.has(name)).map(($db) => ({ dropDatabase: 1, $db }));
    if (make.length + drop.length > 0) await this.#node.run(spec, ...make, ...drop);
    writeFileSync(file, JSON.stringify(spec.databases), { mode: 0o600 });
  }

  connect(): number {
    if (!this.#node.isRunning) throw new Error("MongoDB is not running");
    return this.#node.port;
  }

  stop(): Promise<void> {
    return this.#keeper.inTurn(async () => {
      await this.#close();
      await this.#postgres.stop();
    });
  }

  destroy(): Promise<void> {
    return this.#keeper.inTurn(async () => {
      await this.#close();
      await this.#postgres.destroy();
      await rm(this.#site.folder, { recursive: true, force: true });
    });
  }

  async #close(): Promise<void> {
    this.#keeper.release();
    await this.#node.quit(); // it has no data of its own
    this.#bridge.close();
    this.#spec = undefined;
  }

  backups(): readonly Backup[] {
    return this.#postgres.backups();
  }

  backUp(): Promise<Backup> {
    return this.#postgres.backUp();
  }
}

function beneath(spec: ServerSpec): ServerSpec {
  return {
    ...spec,
    version: POSTGRES_VERSION,
    nodes: 1,
    memoryMib: POSTGRES_MEMORY,
    databases: [DATABASE],
    pools: [],
    config: {},
  };
}
