import type { Address } from "../connections/postgres.ts";
import type { Source } from "../dumps/dump.ts";
import { mongoCanary, postgresCanary } from "./canary.ts";
import { startDumps } from "./dumps.ts";
import { log } from "./log.ts";
import { mongoRecorder, postgresRecorder } from "./recorder.ts";
import { type Running, repeat, type Session } from "./repeat.ts";
import { sourcesOf } from "./sources.ts";

/**
 * The operations worker: the canary's ticks, recordings of what the databases hold, and dumps. Everything it needs comes from the environment:
 *
 *     CANARY_DATABASE_URL, CANARY_MONGO_URL   where ticks and recordings go; what is missing is left out
 *     DATABASE_CA_CERT, MONGO_CA_CERT         PEM text of the authorities of both
 *     SOURCES                                 the product's databases, which are recorded and dumped, as JSON
 *     CANARY_PERIOD_SECONDS                   between two ticks
 *     RECORD_MINUTES                          between two recordings; 0 for none
 *     DUMPS_...                               dumps.ts; without them no dumps are made
 */
const { env } = process;
const tickMs = number("CANARY_PERIOD_SECONDS", 10) * 1000;
const recordMs = number("RECORD_MINUTES", 0) * 60_000;
/** Milliseconds after which it is looked whether a recording is due. */
const LOOK_MS = 60_000;

const canaries = {
  postgres: address("CANARY_DATABASE_URL", "DATABASE_CA_CERT"),
  mongo: address("CANARY_MONGO_URL", "MONGO_CA_CERT"),
};
const sources = orRefuse(() => sourcesOf(env));
const products = (wanted: Source["engine"]) => sources.filter(({ engine }) => engine === wanted);
const running: Running[] = [];
const start = (name: string, periodMs: number, open: () => Promise<Session>) =>
  running.push(repeat({ name, periodMs, open }, log));

if (canaries.postgres) {
  const { postgres: canary } = canaries;
  const product = products("pg");
  start("canary pg", tickMs, () => postgresCanary(canary));
  if (product.length > 0 && recordMs > 0)
    start("recorder pg", Math.min(LOOK_MS, recordMs), () => postgresRecorder(product, canary, recordMs, log));
}
if (canaries.mongo) {
  const { mongo: canary } = canaries;
  const product = products("mongodb");
  start("canary mongodb", tickMs, () => mongoCanary(canary));
  if (product.length > 0 && recordMs > 0)
    start("recorder mongodb", Math.min(LOOK_MS, recordMs), () =>
      mongoRecorder(product, canary, recordMs, log),
    );
}
const dumps = orRefuse(() => startDumps(env, sources, log));
if (dumps) running.push(dumps);
log("started", { tasks: running.length, periodSeconds: tickMs / 1000, recordMinutes: recordMs / 60_000 });
if (running.length === 0)
  log("idle", { why: "neither CANARY_DATABASE_URL, CANARY_MONGO_URL nor DUMPS_BUCKET is set" });

// An idle worker stays: a platform would start one that ends again and again.
const alive = setInterval(() => undefined, 60_000);
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, async () => {
    log("stopping", { signal });
    clearInterval(alive);
    await Promise.all(running.map((each) => each.stop()));
    log("stopped");
  });

function address(uri: string, ca: string): Address | undefined {
  const { [uri]: given, [ca]: certificate } = env;
  return given ? { uri: given, ca: certificate || undefined } : undefined;
}

/** Variables that can't be used end the worker with their names. */
function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    log("refused", { why: error instanceof Error ? error.message : "variables" });
    process.exit(1);
  }
}

function number(name: string, usual: number): number {
  const value = Number(env[name] ?? usual);
  if (Number.isFinite(value) && value >= 0) return value;
  log("refused", { why: `${name} must be a number that is not negative` });
  process.exit(1);
}
