import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { type Archive, RestoreError } from "./archive.ts";
import { inside } from "./control.ts";
import type { PostgresNode } from "./node.ts";
import { utc } from "./plan.ts";

const POLL = 20;

/** @throws RestoreError when a time (milliseconds since the epoch) has not been yet by a running server's clock */
export async function mustHaveBeen(at: number, node: PostgresNode): Promise<void> {
  const sql = "select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now";
  const { rows } = await inside(node, (client) => client.query<{ now: number }>(sql));
  const now = rows[0]?.now ?? 0;
  if (at > now)
    throw new RestoreError(`${utc(at)} has not been yet: the last time that can be restored is ${utc(now)}`);
}

/**
 * Gets all of a running server's log up to now into the archive: the open segment is cut off and its archiving awaited. Before that
 * something is committed, since a recovery knows that it is past a time only by a commit after it.
 * @throws RestoreError when the archive takes nothing any more
 */
export async function finishLog(node: PostgresNode, archive: Archive): Promise<void> {
  await inside(node, async (client) => {
    await client.query("select pg_current_xact_id()");
    const sql = "select pg_walfile_name(pg_switch_wal()) as name";
    const name = (await client.query<{ name: string }>(sql)).rows[0]?.name ?? "";
    const before = await failuresIn(client);
    while (!archive.has(name)) {
      if ((await failuresIn(client)) > before)
        throw new RestoreError(`WAL segment ${name} can't be archived: the archive takes nothing any more`);
      await delay(POLL);
    }
  });
}

async function failuresIn(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>("select failed_count as n from pg_stat_archiver");
  return Number(rows[0]?.n);
}
