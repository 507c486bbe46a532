import { setTimeout as delay } from "node:timers/promises";
import type { Archive } from "./archive.ts";
import { inside } from "./control.ts";
import { PostgresError, type PostgresNode } from "./node.ts";

const POLL = 20;

/**
 * Gets all of the log up to now into the archive: the open segment is cut off and its archiving awaited. Before that
 * something is committed, since a recovery knows that it is past a time only by a commit after it. Returns that "now", by the
 * server's clock, in milliseconds since the epoch.
 * @throws PostgresError when the archive takes nothing any more
 */
export async function finishLog(node: PostgresNode, archive: Archive): Promise<number> {
  return inside(node, async (client) => {
    const { rows } = await client.query<{ now: number }>(
      "select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now",
    );
    await client.query("select pg_current_xact_id()");
    const { rows: files } = await client.query<{ name: string }>(
      "select pg_walfile_name(pg_switch_wal()) as name",
    );
    const name = files[0]?.name ?? "";
    const failures = async () =>
      Number(
        (await client.query<{ n: string }>("select failed_count as n from pg_stat_archiver")).rows[0]?.n,
      );
    const before = await failures();
    while (!archive.has(name)) {
      if ((await failures()) > before) throw new PostgresError(`WAL segment ${name} can't be archived`);
      await delay(POLL);
    }
    return rows[0]?.now ?? 0;
  });
}
