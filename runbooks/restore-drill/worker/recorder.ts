import { connectMongo } from "../connections/mongo.ts";
import { type Address, connectPostgres } from "../connections/postgres.ts";
import { recordMongo } from "../recordings/mongo.ts";
import { recordPostgres } from "../recordings/postgres.ts";
import { keepInMongo, keepInPostgres, keptInMongo, keptInPostgres } from "../recordings/store.ts";
import type { Log } from "./log.ts";
import type { Session } from "./repeat.ts";

/** Seconds that one recording may read; what it then has not read is counted by the server's estimate. */
const BUDGET = 1_800;

/**
 * Recordings of what the product's database holds, for drills to compare with. A worker that was started anew goes on with the rhythm
 * of the one before: nothing is read before `periodMs` have passed since the last recording.
 */
export async function postgresRecorder(
  product: Address,
  canary: Address,
  periodMs: number,
  log: Log,
): Promise<Session> {
  const own = await connectPostgres(canary);
  return {
    round: async () => {
      if (!isDue(await keptInPostgres(own), periodMs)) return;
      const client = await connectPostgres(product);
      try {
        const recording = await recordPostgres(client, BUDGET);
        await keepInPostgres(own, recording);
        log("recorded", { engine: "pg", tables: Object.keys(recording.tables).length });
      } finally {
        await client.end();
      }
    },
    close: () => own.end(),
  };
}

export async function mongoRecorder(
  product: Address,
  canary: Address,
  periodMs: number,
  log: Log,
): Promise<Session> {
  const own = await connectMongo(canary);
  return {
    round: async () => {
      if (!isDue(await keptInMongo(own), periodMs)) return;
      const client = await connectMongo(product);
      try {
        const recording = await recordMongo(client.db(), BUDGET);
        await keepInMongo(own, recording);
        log("recorded", { engine: "mongodb", collections: Object.keys(recording.tables).length });
      } finally {
        await client.close();
      }
    },
    close: () => own.close(),
  };
}

function isDue(kept: readonly { at: string }[], periodMs: number): boolean {
  const last = kept.at(-1);
  return last === undefined || Date.now() - Date.parse(last.at) >= periodMs;
}
