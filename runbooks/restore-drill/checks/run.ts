import { setTimeout as delay } from "node:timers/promises";
import type { Address } from "../connections/postgres.ts";
import type { Recording } from "../recordings/recording.ts";
import type { Assignment } from "./assignment.ts";
import { type Canary, freshness } from "./canary.ts";
import { type Check, check, type Finding, NotTested, tellable } from "./check.ts";
import { asRecorded, contentsOf, fullyRead, type Reading, schemaAsRecorded } from "./contents.ts";
import { mongoEngine } from "./mongo.ts";
import { postgresEngine } from "./postgres.ts";
import type { Result } from "./result.ts";

/** What the checks need of an engine. */
export interface Engine {
  /** Connects over verified TLS and asks a first question. */
  open(address: Address): Promise<Restored>;
  /** What the canary left there, and how many ticks there are after a time. */
  canary(
    address: Address,
    after?: string,
  ): Promise<{ newest?: string | undefined; ticks: number; recordings: Recording[] }>;
  /** What a database holds now. */
  record(address: Address, seconds: number): Promise<Recording>;
}

/** A restored database that answers. */
export interface Restored {
  version: string;
  /** Whether it can be written to: recovery is over. */
  isReady(): Promise<boolean>;
  tls(): Promise<Finding>;
  schema(): Promise<string>;
  /** Reads everything until a time (milliseconds since the epoch). */
  read(until: number): Promise<Reading>;
  /** Runs a query of the product, and says how much it found. */
  query(text: string): Promise<number>;
  /** The checks that only this engine has. */
  deep(until: number): [name: string, action: () => Promise<Finding>][];
  close(): Promise<unknown>;
}

export const engines: Record<Assignment["engine"], Engine> = { pg: postgresEngine, mongodb: mongoEngine };

/** Milliseconds between two attempts to get in. */
const AGAIN = 250;

/** Checks a restored database, from the cheapest check to the dearest. Whatever goes wrong is in the result. */
export async function run(given: Assignment): Promise<Result> {
  const { id, engine: name, periodSeconds, budgetSeconds } = given;
  const engine = engines[name];
  const now = () => new Date().toISOString();
  const target = new Date(given.target);
  const startedAt = now();
  const checks: Check[] = [];
  const deadline = Date.now() + given.patienceSeconds * 1000;
  const base = { id, engine: name, startedAt, checks, contents: {} };

  // Beside the checks: it tells of the source, and is no part of the restore.
  const recording = source(engine, given);
  let restored: Restored | undefined;
  checks.push(
    await check("connection with verified TLS", async () => {
      restored = await until(deadline, () => engine.open(given.restored.product));
      return {};
    }),
  );
  if (!restored) return { ...base, finishedAt: now() };
  const database: Restored = restored;
  const firstQueryAt = now();
  let recoveredAt: string | undefined;
  checks.push(
    await check("recovery is over", async () => {
      await until(deadline, async () => {
        if (!(await database.isReady())) throw new Error("it is still in recovery");
      });
      recoveredAt = now();
      return {};
    }),
  );
  const canary = await canaryOf(engine, given);
  const readUntil = Date.now() + budgetSeconds * 1000;
  let reading: Reading = new Map();

  checks.push(await check("refusals", () => database.tls()));
  checks.push(
    await check("recovery point", async () => freshness({ periodSeconds, ...canary.told }, target)),
  );
  checks.push(
    await check("full read", async () => {
      reading = await database.read(readUntil);
      return fullyRead(reading);
    }),
  );
  const recorded = await recording;
  const recordings = [...given.recordings, ...canary.recordings, ...(recorded ? [recorded] : [])];
  checks.push(
    await check("schema", async () => schemaAsRecorded(await database.schema(), recordings, target)),
  );
  checks.push(await check("rows and checksums", async () => asRecorded(reading, recordings, target)));
  for (const [what, text] of Object.entries(given.queries))
    checks.push(
      await check(`query ${what}`, async () => {
        const found = await database.query(text);
        return { numbers: { found }, problems: found > 0 ? [] : ["finds nothing"] };
      }),
    );
  if (Object.keys(given.queries).length === 0)
    checks.push(
      await check("queries of the product", async () => {
        throw new NotTested("none are given: breakwater:recovery.queries");
      }),
    );
  for (const [what, action] of database.deep(readUntil)) checks.push(await check(what, action));
  await database.close();
  return {
    ...base,
    firstQueryAt,
    recoveredAt,
    finishedAt: now(),
    serverVersion: database.version,
    canary: { periodSeconds, ...canary.told },
    contents: Object.fromEntries(contentsOf(reading)),
    source: recorded,
  };
}

/** The canary on both sides, and every recording that either has. */
async function canaryOf(engine: Engine, { restored, source }: Assignment) {
  const ours = restored.canary && (await engine.canary(restored.canary).catch(() => undefined));
  const theirs = source?.canary && (await engine.canary(source.canary, ours?.newest).catch(() => undefined));
  const told: Omit<Canary, "periodSeconds"> = {
    newest: ours?.newest,
    newestAtSource: theirs?.newest,
    lost: theirs && ours?.newest !== undefined ? theirs.ticks : undefined,
  };
  return { told, recordings: [...(theirs?.recordings ?? []), ...(ours?.recordings ?? [])] };
}

/** What the source holds now, which tells what has not changed since; undefined when it is gone. */
async function source(engine: Engine, given: Assignment): Promise<Recording | undefined> {
  if (!given.source) return undefined;
  return engine.record(given.source.product, given.budgetSeconds).catch(() => undefined);
}

/** Tries until it works; after the deadline the last failure is thrown. */
async function until<T>(deadline: number, action: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await action();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`not within the time given: ${tellable(error)}`);
      await delay(AGAIN);
    }
}
