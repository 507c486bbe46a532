import type { MongoClient } from "mongodb";
import type { ClientBase } from "pg";
import { CANARY } from "../worker/canary.ts";
import type { Recording } from "./recording.ts";

/**
 * Where recordings are kept: beside the ticks, so that a restored database brings those of its time with it. Each has a moment of its own:
 * databases are read one after the other.
 */

export async function keepInPostgres(client: ClientBase, { at, ...state }: Recording): Promise<void> {
  await client.query(
    `create table if not exists ${CANARY}.recording (at timestamptz primary key, state jsonb not null)`,
  );
  await client.query(
    `insert into ${CANARY}.recording values ($1, $2) on conflict (at) do update set state = excluded.state`,
    [at, JSON.stringify(state)],
  );
  await client.query(`delete from ${CANARY}.recording where at < now() - interval '8 days'`);
}

/** All there are; none where nothing was ever recorded. */
export async function keptInPostgres(client: ClientBase): Promise<Recording[]> {
  const { rows: there } = await client.query(
    `select to_regclass('${CANARY}.recording') is not null as there`,
  );
  if (!there[0]?.there) return [];
  const { rows } = await client.query<{ at: Date; state: Omit<Recording, "at"> }>(
    `select at, state from ${CANARY}.recording order by at`,
  );
  return rows.map(({ at, state }) => ({ at: at.toISOString(), ...state }));
}

interface Kept {
  _id: Date;
  state: string;
}

export async function keepInMongo(client: MongoClient, { at, ...state }: Recording): Promise<void> {
  const recordings = client.db(CANARY).collection<Kept>("recordings");
  await recordings.replaceOne({ _id: new Date(at) }, { state: JSON.stringify(state) }, { upsert: true });
  await recordings.deleteMany({ _id: { $lt: new Date(Date.now() - 8 * 86_400_000) } });
}

export async function keptInMongo(client: MongoClient): Promise<Recording[]> {
  const all = await client
    .db(CANARY)
    .collection<Kept>("recordings")
    .find({}, { sort: { _id: 1 } })
    .toArray();
  return all.map(({ _id, state }) => ({ at: _id.toISOString(), ...JSON.parse(state) }));
}
