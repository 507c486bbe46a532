import { type Address, databaseOf } from "../connections/postgres.ts";
import type { Recording } from "../recordings/recording.ts";
import type { Assignment } from "./assignment.ts";
import { checkCache } from "./cache.ts";
import { type Canary, freshness } from "./canary.ts";
import { type Check, check, type Finding, NotTested, until } from "./check.ts";
import { asRecorded, contentsOf, fullyRead, type Reading, schemaAsRecorded } from "./contents.ts";
import { type Database, everywhere } from "./databases.ts";
import { mongoEngine } from "./mongo.ts";
import { postgresEngine } from "./postgres.ts";
import { refill } from "./refill.ts";
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
  /** The checks that only this engine has, by name. */
  deep(until: number): Map<string, () => Promise<Finding>>;
  close(): Promise<unknown>;
}

const engines = { pg: postgresEngine, mongodb: mongoEngine } as const;

/** Checks a restored database, from the cheapest check to the dearest. Whatever goes wrong is in the result. */
export async function run(given: Assignment): Promise<Result> {
  const { id, engine: name, periodSeconds, budgetSeconds } = given;
  if (name === "valkey") return checkCache(given);
  const engine = engines[name];
  const now = () => new Date().toISOString();
  const target = new Date(given.target);
  const startedAt = now();
  const checks: Check[] = [];
  const deadline = Date.now() + given.patienceSeconds * 1000;
  const base = { id, engine: name, startedAt, checks, contents: {} };

  // Beside the checks: it tells of the source, and is no part of the restore.
  const recording = sourceNow(engine, given);
  const databases: Database[] = [];
  checks.push(
    await check("connection with verified TLS", async () => {
      for (const address of given.restored.product) {
        const restored = await until(deadline, () => engine.open(address));
        databases.push({ name: databaseOf(address.uri), restored, reading: new Map(), recordings: [] });
      }
      return {};
    }),
  );
  const close = () => Promise.all(databases.map(({ restored }) => restored.close()));
  const [first] = databases;
  if (!first || databases.length < given.restored.product.length) {
    await close();
    return { ...base, finishedAt: now() };
  }
  const reachedAt = now();
  const { dumps } = given;
  if (dumps) {
    checks.push(await check("restored from the dump", () => refill(name, given.restored.product, dumps)));
    if (checks.at(-1)?.outcome !== "passed") {
      await close();
      return { ...base, reachedAt, finishedAt: now() };
    }
  }
  const firstQueryAt = now();
  let recoveredAt: string | undefined;
  checks.push(
    await check("recovery is over", async () => {
      await until(deadline, async () => {
        if (!(await first.restored.isReady())) throw new Error("it is still in recovery");
      });
      recoveredAt = now();
      return {};
    }),
  );
  const canary = await canaryOf(engine, given);
  const readUntil = Date.now() + budgetSeconds * 1000;

  checks.push(await check("refusals", () => first.restored.tls()));
  checks.push(
    await check("recovery point", async () => freshness({ periodSeconds, ...canary.told }, target)),
  );
  checks.push(
    await check("full read", () =>
      everywhere(databases, async (database) => {
        database.reading = await database.restored.read(readUntil);
        return fullyRead(database.reading);
      }),
    ),
  );
  const recordings = [...canary.recordings, ...(await recording)];
  for (const each of databases) each.recordings = recordings.filter(({ database }) => database === each.name);
  checks.push(
    await check("schema", () =>
      everywhere(databases, async ({ restored, recordings: known }) =>
        schemaAsRecorded(await restored.schema(), known, target),
      ),
    ),
  );
  checks.push(
    await check("rows and checksums", () =>
      everywhere(databases, async ({ reading, recordings: known }) => asRecorded(reading, known, target)),
    ),
  );
  for (const [what, text] of Object.entries(given.queries))
    checks.push(
      await check(`query ${what}`, async () => {
        const found = await first.restored.query(text);
        return { numbers: { found }, problems: found > 0 ? [] : ["finds nothing"] };
      }),
    );
  if (Object.keys(given.queries).length === 0)
    checks.push(
      await check("queries of the product", async () => {
        throw new NotTested("none are given: breakwater:recovery.queries");
      }),
    );
  for (const what of first.restored.deep(readUntil).keys())
    checks.push(
      await check(what, () =>
        everywhere(databases, async ({ restored }) => (await restored.deep(readUntil).get(what)?.()) ?? {}),
      ),
    );
  await close();
  return {
    ...base,
    reachedAt,
    firstQueryAt,
    recoveredAt,
    finishedAt: now(),
    serverVersion: first.restored.version,
    canary: { periodSeconds, ...canary.told },
    contents: Object.fromEntries(
      databases.flatMap(({ name: database, reading }) =>
        [...contentsOf(reading)].map(([table, { rows, digest }]) => [
          `${database}.${table}`,
          { rows, digest },
        ]),
      ),
    ),
  };
}

/** The canary on both sides, and every recording that either has. Dumps bring no ticks: the moment of the oldest stands for them. */
async function canaryOf(engine: Engine, { restored, source, dumps }: Assignment) {
  const ours = restored.canary && (await engine.canary(restored.canary).catch(() => undefined));
  const newest = dumps ? Object.values(dumps.of).sort()[0] : ours?.newest;
  const theirs = source?.canary && (await engine.canary(source.canary, newest).catch(() => undefined));
  const told: Omit<Canary, "periodSeconds"> = {
    newest,
    newestAtSource: theirs?.newest,
    lost: theirs && newest !== undefined ? theirs.ticks : undefined,
  };
  return { told, recordings: [...(theirs?.recordings ?? []), ...(ours?.recordings ?? [])] };
}

/** What the source holds now, which tells what has not changed since; nothing of what is gone. */
async function sourceNow(engine: Engine, { source, budgetSeconds }: Assignment): Promise<Recording[]> {
  const recorded: Recording[] = [];
  for (const address of source?.product ?? []) {
    const recording = await engine.record(address, budgetSeconds).catch(() => undefined);
    if (recording) recorded.push(recording);
  }
  return recorded;
}
