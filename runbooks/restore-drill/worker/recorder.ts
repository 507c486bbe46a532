import { connectMongo } from "../connections/mongo.ts";
import { type Address, connectPostgres, databaseOf } from "../connections/postgres.ts";
import { recordMongo } from "../recordings/mongo.ts";
import { recordPostgres } from "../recordings/postgres.ts";
import type { Recording } from "../recordings/recording.ts";
import { keepInMongo, keepInPostgres, keptInMongo, keptInPostgres } from "../recordings/store.ts";
import type { Log } from "./log.ts";
import type { Session } from "./repeat.ts";

/** Seconds that one recording may read; what it then has not read is counted by the server's estimate. */
const BUDGET = 1_800;

/**
 * Recordings of what the product's databases hold, for drills to compare with. A worker that was started anew goes on with the rhythm
 * of the one before: nothing of a database is read before `periodMs` have passed since its last recording.
 */
export async function postgresRecorder(
  products: readonly Address[],
  canary: Address,
  periodMs: number,
  log: Log,
): Promise<Session> {
  const own = await connectPostgres(canary);
  return {
    round: async () => {
      for (const product of due(products, await keptInPostgres(own), periodMs)) {
        const client = await connectPostgres(product);
        try {
          const recording = await recordPostgres(client, BUDGET);
          await keepInPostgres(own, recording);
          log("recorded", { engine: "pg", tables: Object.keys(recording.tables).length });
        } finally {
          await client.end();
        }
      }
    },
    close: () => own.end(),
  };
}

export async function mongoRecorder(
  products: readonly Address[],
  canary: Address,
  periodMs: number,
  log: Log,
): Promise<Session> {
  const own = await connectMongo(canary);
  return {
    round: async () => {
      for (const product of due(products, await keptInMongo(own), periodMs)) {
        const client = await connectMongo(product);
        try {
          const recording = await recordMongo(client.db(), BUDGET);
          await keepInMongo(own, recording);
          log("recorded", { engine: "mongodb", collections: Object.keys(recording.tables).length });
        } finally {
          await client.close();
        }
      }
    },
    close: () => own.close(),
  };
}

function due(products: readonly Address[], kept: readonly Recording[], periodMs: number): Address[] {
  return products.filter(({ uri }) => {
    const last = kept.findLast(({ database }) => database === databaseOf(uri));
    return last === undefined || Date.now() - Date.parse(last.at) >= periodMs;
  });
}
