import { z } from "zod";
import { databaseOf } from "../connections/postgres.ts";
import { makeDump, type Source } from "../dumps/dump.ts";
import type { Manifest } from "../dumps/manifest.ts";
import { DumpStore } from "../dumps/store.ts";
import type { Log } from "./log.ts";
import { type Running, repeat } from "./repeat.ts";

/** What the worker is told of its dumps, by variables that begin with `DUMPS_`. */
const variables = z.object({
  DUMPS_ENDPOINT: z.url(),
  DUMPS_BUCKET: z.string().min(1),
  DUMPS_ACCESS_KEY_ID: z.string().min(1),
  DUMPS_SECRET_ACCESS_KEY: z.string().min(1),
  /** age recipients, with commas between them. */
  DUMPS_RECIPIENTS: z.string().transform((list) => list.split(",").filter(Boolean)),
  DUMPS_EVERY_HOURS: z.coerce.number().int().min(1).default(24),
  /** Hour of the day, UTC, at which one of them is made. */
  DUMPS_HOUR: z.coerce.number().int().min(0).max(23).default(3),
  DUMPS_KEEP_DAYS: z.coerce.number().int().min(1).default(35),
  /** Asked for after each dump: a service that misses it tells the team. */
  DUMPS_HEARTBEAT_URL: z.url().optional(),
});
type Variables = z.infer<typeof variables>;

const HOUR = 3_600_000;
/** Milliseconds between two looks at the bucket. */
const LOOK = 60_000;
/** Milliseconds before a failed dump is tried again, doubled each time: each reads the whole database. */
const FIRST_WAIT = 5 * 60_000;
const LONGEST_WAIT = 2 * HOUR;
/** Dumps that are kept however old they are: when no new ones are made, the last stay. */
const KEPT_ALWAYS = 3;

/** Dumps on schedule; undefined where the environment names no bucket. @throws when it names half of what is needed. */
export function startDumps(
  env: NodeJS.ProcessEnv,
  sources: readonly Source[],
  log: Log,
): Running | undefined {
  if (!env.DUMPS_BUCKET) return undefined;
  const parsed = variables.safeParse(env);
  if (!parsed.success) {
    // Names alone: the values are secrets.
    const names = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
    throw new Error(`${[...names].join(", ")}: missing, or not what it must be`);
  }
  const told = parsed.data;
  const store = new DumpStore({
    endpoint: told.DUMPS_ENDPOINT,
    bucket: told.DUMPS_BUCKET,
    accessKeyId: told.DUMPS_ACCESS_KEY_ID,
    secretAccessKey: told.DUMPS_SECRET_ACCESS_KEY,
  });
  const stopping = new AbortController();
  const scheduled = sources.map((source) => new Scheduled(source, store, told, stopping.signal, log));
  const running = repeat(
    {
      name: "dumps",
      periodMs: LOOK,
      open: async () => ({
        // One after the other: each takes its share of memory and of the databases' time.
        round: async () => {
          for (const each of scheduled) await each.round();
        },
        close: async () => undefined,
      }),
    },
    log,
  );
  return {
    stop: async () => {
      stopping.abort(new Error("the worker stops"));
      await running.stop();
      store.close();
    },
  };
}

/** The dumps of one database. What was done is read from the bucket, so that a worker goes on where another ended. */
class Scheduled {
  readonly #source: Source;
  readonly #store: DumpStore;
  readonly #told: Variables;
  readonly #signal: AbortSignal;
  readonly #log: Log;
  readonly #about: { engine: string; database: string };
  /** When the newest dump was begun, once it is known. */
  #last: number | undefined;
  #failures = 0;
  #notBefore = 0;

  constructor(source: Source, store: DumpStore, told: Variables, signal: AbortSignal, log: Log) {
    this.#source = source;
    this.#store = store;
    this.#told = told;
    this.#signal = signal;
    this.#log = log;
    this.#about = { engine: source.engine, database: databaseOf(source.uri) };
  }

  async round(): Promise<void> {
    if (this.#signal.aborted || Date.now() < this.#notBefore) return;
    try {
      if (this.#last === undefined) {
        this.#last = startOf((await this.#manifests())[0]);
        this.#log("last dump", {
          ...this.#about,
          at: this.#last ? new Date(this.#last).toISOString() : "never",
        });
      }
      if (this.#last >= dueSince(Date.now(), this.#told.DUMPS_EVERY_HOURS, this.#told.DUMPS_HOUR)) return;
      const made = await makeDump(this.#source, this.#store, this.#told.DUMPS_RECIPIENTS, this.#signal);
      this.#last = startOf(made);
      this.#failures = 0;
      this.#log("dumped", { ...this.#about, bytes: made.file.bytes, at: made.startedAt });
      await this.#prune();
      if (this.#told.DUMPS_HEARTBEAT_URL)
        await fetch(this.#told.DUMPS_HEARTBEAT_URL, { signal: AbortSignal.timeout(30_000) });
    } catch (error) {
      if (this.#signal.aborted) return;
      this.#failures += 1;
      this.#notBefore = Date.now() + Math.min(FIRST_WAIT * 2 ** (this.#failures - 1), LONGEST_WAIT);
      this.#log("dump failed", { ...this.#about, failures: this.#failures, why: whyOf(error) });
    }
  }

  async #prune(): Promise<void> {
    const oldest = Date.now() - this.#told.DUMPS_KEEP_DAYS * 24 * HOUR;
    const old = (await this.#manifests()).slice(KEPT_ALWAYS).filter((each) => startOf(each) < oldest);
    for (const each of old) await this.#store.remove(each);
    if (old.length) this.#log("pruned", { ...this.#about, dumps: old.length });
  }

  #manifests(): Promise<Manifest[]> {
    return this.#store.manifests(this.#source.engine, databaseOf(this.#source.uri));
  }
}

const startOf = (made: Manifest | undefined) => (made ? Date.parse(made.startedAt) : 0);

/** The newest moment at which a dump was due: every `hours`, one of them at `hour` o'clock UTC. */
export function dueSince(now: number, hours: number, hour: number): number {
  const period = hours * HOUR;
  const offset = (hour * HOUR) % period;
  return Math.floor((now - offset) / period) * period + offset;
}

/** The first line of what a program or service said. It names hosts, roles and tables; none of them quotes rows. */
function whyOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n")[0] ?? "").slice(0, 300);
}
