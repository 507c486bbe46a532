import { randomBytes } from "node:crypto";
import { type Duplex, duplexPair } from "node:stream";
import type { Issued } from "../../certificates.ts";
import type { PoolSpec } from "../engine.ts";
import type { Target } from "./control.ts";
import { authenticate, type Login, Refused, receive, refuse } from "./login.ts";
import { Pool } from "./pool.ts";
import { PoolClient, TRACKED } from "./pool-client.ts";
import type { Verifier } from "./scram.ts";

export interface PoolerOptions {
  /** The primary, wherever it is by now. */
  target(): Target;
  /** What the server keeps of a user's password. */
  verifierOf(user: string): Promise<Verifier | undefined>;
}

const OWN = ["user", "database"];

/**
 * The connection pools of a cluster, as PgBouncer serves them on the platform: a pool looks like a database of its name, and
 * its clients share as many connections as its size. In mode `transaction` a client has one for the length of a
 * transaction: what lives in a session (SET, LISTEN, advisory locks, prepared statements with a name) is not the client's.
 */
export class Pooler {
  readonly #options: PoolerOptions;
  #tls: Issued | undefined;
  #specs: readonly PoolSpec[] = [];
  #ignored: readonly string[] = [];
  /** By pool and user. */
  readonly #pools = new Map<string, Pool>();
  readonly #clients = new Map<string, PoolClient>();

  constructor(options: PoolerOptions) {
    this.#options = options;
  }

  /** Brings the pools to what they are to be. Pools that are gone or other than before let their clients go. */
  apply(pools: readonly PoolSpec[], tls: Issued, config: Readonly<Record<string, unknown>>): void {
    this.#tls = tls;
    const { ignore_startup_parameters: ignored = [] } = Object(config.pgbouncer);
    this.#ignored = ["extra_float_digits", ...ignored];
    const before = new Map(this.#specs.map((spec) => [spec.name, JSON.stringify(spec)]));
    this.#specs = pools;
    const same = new Set(
      pools.filter((spec) => before.get(spec.name) === JSON.stringify(spec)).map(({ name }) => name),
    );
    for (const [key, pool] of this.#pools) {
      if (same.has(pool.spec.name)) continue;
      this.#pools.delete(key);
      pool.close();
    }
  }

  /** A connection for a client. */
  connect(): Duplex {
    const [outside, inside] = duplexPair();
    void this.#serve(inside);
    return outside;
  }

  async #serve(raw: Duplex): Promise<void> {
    raw.on("error", () => {}); // a client that breaks off
    let stream = raw;
    try {
      if (!this.#tls) throw new Refused("08006", "there are no pools");
      const request = await receive(raw, this.#tls);
      if (request.kind === "cancel") {
        this.#clients.get(request.key)?.cancel(this.#options.target());
        raw.end();
        return;
      }
      stream = request.stream;
      stream.on("error", () => raw.destroy());
      await this.#admit(request);
    } catch (error) {
      refuse(stream, error);
    }
  }

  async #admit({ stream, parameters }: Login): Promise<void> {
    const { user = "", database = user } = parameters;
    const spec = this.#specs.find((pool) => pool.name === database);
    if (!spec) throw new Refused("3D000", `no such database: ${database}`);
    await authenticate(stream, user, await this.#options.verifierOf(user));
    if (spec.user !== "" && spec.user !== user)
      throw new Refused("28000", `pool ${spec.name} is for user ${spec.user}`);
    const wanted = new Map<string, string>();
    for (const [name, value] of Object.entries(parameters)) {
      const tracked = TRACKED.find((known) => known.toLowerCase() === name.toLowerCase());
      if (tracked) wanted.set(tracked, value);
      else if (!OWN.includes(name) && !this.#ignored.includes(name))
        throw new Refused("08P01", `unsupported startup parameter: ${name}`);
    }
    const key = randomBytes(8);
    const client = new PoolClient(stream, this.#poolOf(spec, user), wanted, key);
    this.#clients.set(key.toString("hex"), client);
    await client.run();
    this.#clients.delete(key.toString("hex"));
  }

  #poolOf(spec: PoolSpec, user: string): Pool {
    const key = JSON.stringify([spec.name, user]);
    const pool = this.#pools.get(key) ?? new Pool(spec, user, this.#options.target);
    this.#pools.set(key, pool);
    return pool;
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
  }
}
