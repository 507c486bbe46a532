import { connectMongo } from "../connections/mongo.ts";
import { type Address, connectPostgres } from "../connections/postgres.ts";
import type { Session } from "./repeat.ts";

/**
 * The canary: the time, written over and over by a timer that no drill shares. The newest tick in a restored database is the newest
 * moment that it is known to hold. Ticks are kept longer than DigitalOcean keeps backups (7 days).
 */

export const CANARY = "breakwater_canary";
const KEEP_DAYS = 8;

/** Milliseconds that a statement may take. */
const PATIENCE = 10_000;

/** Ticks in PostgreSQL, by the server's own clock: the one that a point in time is told by. */
export async function postgresCanary(address: Address): Promise<Session> {
  const client = await connectPostgres(address, { statement_timeout: PATIENCE, query_timeout: PATIENCE });
  await client.query(`create schema if not exists ${CANARY}`);
  await client.query(`create table if not exists ${CANARY}.tick (at timestamptz primary key)`);
  const hourly = everyHour(() =>
    client.query(`delete from ${CANARY}.tick where at < now() - make_interval(days => ${KEEP_DAYS})`),
  );
  return {
    round: async () => {
      await client.query(`insert into ${CANARY}.tick values (clock_timestamp()) on conflict do nothing`);
      await hourly();
    },
    close: () => client.end(),
  };
}

/** Ticks in MongoDB, by this machine's clock. */
export async function mongoCanary(address: Address): Promise<Session> {
  const client = await connectMongo(address, { socketTimeoutMS: PATIENCE });
  const ticks = client.db(CANARY).collection<{ _id: Date }>("ticks");
  const hourly = everyHour(() =>
    ticks.deleteMany({ _id: { $lt: new Date(Date.now() - KEEP_DAYS * 86_400_000) } }),
  );
  return {
    round: async () => {
      await ticks.replaceOne({ _id: new Date() }, {}, { upsert: true }); // two workers may meet in a millisecond
      await hourly();
    },
    close: () => client.close(),
  };
}

/** Does something at the first call and then once an hour. */
function everyHour(action: () => Promise<unknown>): () => Promise<void> {
  let next = 0;
  return async () => {
    if (Date.now() < next) return;
    await action();
    next = Date.now() + 3_600_000;
  };
}
