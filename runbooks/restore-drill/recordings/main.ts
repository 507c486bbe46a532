import { z } from "zod";
import { address, cluster } from "../checks/assignment.ts";
import { linesOf } from "../checks/result.ts";
import { connectMongo } from "../connections/mongo.ts";
import { type Address, connectPostgres } from "../connections/postgres.ts";
import { recordMongo } from "./mongo.ts";
import { recordPostgres } from "./postgres.ts";
import type { Recording } from "./recording.ts";
import { keepInMongo, keepInPostgres } from "./store.ts";

/** Makes one recording of each database now, as the worker does at its own times, and says so in the log. `DRILL` describes it. */
const { id, engine, source } = z
  .object({
    id: z.string(),
    engine: z.enum(["pg", "mongodb"]),
    source: cluster.extend({ canary: address }),
  })
  .parse(JSON.parse(process.env.DRILL ?? "null"));

/** Seconds that each may read. */
const BUDGET = 1_500;

async function inPostgres(product: Address, canary: Address): Promise<Recording> {
  const [client, own] = await Promise.all([connectPostgres(product), connectPostgres(canary)]);
  try {
    const recording = await recordPostgres(client, BUDGET);
    await keepInPostgres(own, recording);
    return recording;
  } finally {
    await Promise.all([client.end(), own.end()]);
  }
}

async function inMongo(product: Address, canary: Address): Promise<Recording> {
  const [client, own] = await Promise.all([connectMongo(product), connectMongo(canary)]);
  try {
    const recording = await recordMongo(client.db(), BUDGET);
    await keepInMongo(own, recording);
    return recording;
  } finally {
    await Promise.all([client.close(), own.close()]);
  }
}

const recordings: Recording[] = [];
for (const product of source.product)
  recordings.push(await (engine === "pg" ? inPostgres : inMongo)(product, source.canary));
for (const line of linesOf(id, { recordings })) console.log(line);
