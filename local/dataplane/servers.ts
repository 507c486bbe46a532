import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Serving } from "./dataplane.ts";
import type { Backup, DatabaseServer, Engine, ServerEvent } from "./engine.ts";
import { endLeftovers } from "./process.ts";
import { Slot, type SlotParts, type Wish } from "./slot.ts";

export interface ServersOptions extends Pick<SlotParts, "authority" | "admits"> {
  /** Where the servers' data lie: a folder for each, named by its id. */
  folder: string;
  /** By the API's name of the engine. One that is missing has no servers. */
  engines: Readonly<Record<string, Engine>>;
  /** Whether a server has been brought up before; where it is a cluster's, it then has data. */
  wasMade(id: string): boolean;
  made(id: string): void;
  report(id: string, event: ServerEvent): void;
  log(name: string, line: string): void;
}

/** The servers of a cloud: brings them to what is wished, and keeps them there. */
export class Servers {
  readonly #options: ServersOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #going = new Set<Promise<void>>();

  constructor(options: ServersOptions) {
    this.#options = options;
  }

  /** Ends the processes that a killed cloud left, and deletes the data of servers that nobody wishes any more. */
  async tidy(wishes: readonly Wish[]): Promise<void> {
    const { folder } = this.#options;
    const wished = new Set(wishes.map(({ id }) => id));
    const stray = existsSync(folder) ? readdirSync(folder).filter((id) => !wished.has(id)) : [];
    await Promise.all(
      stray.map(async (id) => {
        await endLeftovers(join(folder, id));
        rmSync(join(folder, id), { recursive: true, force: true });
      }),
    );
  }

  /** All servers that there are to be. Returns at once; `settled` tells when it is so. */
  update(wishes: readonly Wish[]): void {
    const wished = new Set(wishes.map(({ id }) => id));
    for (const [id, slot] of this.#slots) if (!wished.has(id)) this.#remove(id, slot);
    for (const wish of wishes) {
      const engine = this.#options.engines[wish.engine];
      if (!engine) continue;
      const slot = this.#slots.get(wish.id) ?? this.#add(wish, engine);
      slot.wish(wish);
    }
  }

  serving(id: string): Serving {
    return this.#slots.get(id)?.serving ?? { state: "unserved" };
  }

  backups(id: string): readonly Backup[] | undefined {
    const slot = this.#slots.get(id);
    return slot?.serving.state === "unserved" ? undefined : slot?.server.backups();
  }

  backUp(id: string): Promise<Backup> {
    const slot = this.#slots.get(id);
    return slot ? slot.server.backUp() : Promise.reject(new Error(`no server ${id}`));
  }

  /** Waits until every server is as wished, or could not be brought there, for `patienceMs` at most. */
  settled(patienceMs: number): Promise<void> {
    return within(patienceMs, [...[...this.#slots.values()].map((slot) => slot.work), ...this.#going]);
  }

  /** The same for what changes on servers that clients are at, so that a change that was answered is there. */
  changed(patienceMs: number): Promise<void> {
    const slots = [...this.#slots.values()].filter((slot) => slot.serving.state === "serving");
    return within(
      patienceMs,
      slots.map((slot) => slot.work),
    );
  }

  /** Stops every server; the data stay. */
  async close(): Promise<void> {
    await Promise.all([...[...this.#slots.values()].map((slot) => slot.close()), ...this.#going]);
  }

  #add(wish: Wish, engine: Engine): Slot {
    const { folder, authority, admits, wasMade, made, report, log } = this.#options;
    const slot = new Slot({
      id: wish.id,
      folder: join(folder, wish.id),
      engine,
      authority,
      admits,
      serverOf: (id) => this.#peer(id, engine),
      ready: async (id) => this.#slots.get(id)?.work,
      wasMade: () => wasMade(wish.id),
      made: () => made(wish.id),
      report: (event) => report(wish.id, event),
      log: (line) => log(wish.name, line),
    });
    this.#slots.set(wish.id, slot);
    return slot;
  }

  #peer(id: string, engine: Engine): DatabaseServer | undefined {
    const slot = this.#slots.get(id);
    return slot?.engine === engine ? slot.server : undefined;
  }

  /** Who is being made of it is finished first. */
  #remove(id: string, slot: Slot): void {
    this.#slots.delete(id);
    const heirs = [...this.#slots.values()].filter((other) => other.isMadeOf(id));
    const gone = Promise.all(heirs.map((heir) => heir.work))
      .then(() => slot.destroy())
      .finally(() => this.#going.delete(gone));
    this.#going.add(gone);
  }
}

async function within(milliseconds: number, work: Promise<void>[]): Promise<void> {
  const patience = new AbortController();
  const late = delay(milliseconds, undefined, { signal: patience.signal, ref: false }).catch(() => {});
  await Promise.race([Promise.all(work), late]);
  patience.abort();
}
