import type { PoolSpec } from "../engine.ts";
import { Backend } from "./backend.ts";
import type { Target } from "./control.ts";
import { Refused } from "./login.ts";

/** Milliseconds that a connection nobody uses stays (PgBouncer's server_idle_timeout). */
const IDLE = 600_000;

/** The connections of one user to one pool's database: as many as the pool's size, and a queue when all are in use. */
export class Pool {
  readonly spec: PoolSpec;
  readonly #user: string;
  readonly #target: () => Target;
  readonly #idle: Array<{ backend: Backend; timer: NodeJS.Timeout }> = [];
  readonly #queue: Array<{ take(backend: Backend): void; fail(error: Error): void }> = [];
  readonly #all = new Set<Backend>();
  /** Connections that are being made. */
  #opening = 0;
  #isClosed = false;

  constructor(spec: PoolSpec, user: string, target: () => Target) {
    this.spec = spec;
    this.#user = user;
    this.#target = target;
  }

  /** A connection of the caller's own, until it is released. */
  acquire(): Promise<Backend> {
    const turn = new Promise<Backend>((take, fail) => this.#queue.push({ take, fail }));
    this.#serve();
    return turn;
  }

  #serve(): void {
    while (this.#queue.length > 0) {
      const idle = this.#idle.pop();
      if (idle) {
        clearTimeout(idle.timer);
        this.#hand(idle.backend);
        continue;
      }
      if (this.#all.size + this.#opening < this.spec.size && this.#opening < this.#queue.length)
        void this.#open();
      return;
    }
  }

  async #open(): Promise<void> {
    this.#opening++;
    try {
      if (this.#isClosed) throw new Refused("57P01", `pool ${this.spec.name} is closed`);
      const backend = await Backend.open(this.#target(), this.#user, this.spec.database);
      this.#opening--;
      this.#all.add(backend);
      if (this.#isClosed) backend.close();
      this.#hand(backend);
    } catch (error) {
      this.#opening--;
      this.#queue.shift()?.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.#serve();
  }

  #hand(backend: Backend): void {
    const next = this.#queue.shift();
    if (next) {
      next.take(backend);
      return;
    }
    const timer = setTimeout(() => backend.close(), IDLE).unref();
    const entry = { backend, timer };
    backend.onPiece = () => {};
    backend.onClose = () => {
      clearTimeout(timer);
      this.#all.delete(backend);
      const index = this.#idle.indexOf(entry);
      if (index >= 0) this.#idle.splice(index, 1);
    };
    this.#idle.push(entry);
  }

  /** Gives a connection back; one that is not at rest is closed, which rolls back what it was at. */
  release(backend: Backend, isAtRest: boolean): void {
    if (isAtRest && !backend.isClosed && !this.#isClosed) this.#hand(backend);
    else {
      this.#all.delete(backend);
      backend.close();
    }
    this.#serve();
  }

  close(): void {
    this.#isClosed = true;
    for (const backend of this.#all) backend.close();
    for (const { fail } of this.#queue.splice(0))
      fail(new Refused("57P01", `pool ${this.spec.name} is closed`));
  }
}
