import assert from "node:assert/strict";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { PostgresServer } from "../../local/dataplane/postgres/server.ts";
import type { TestCluster } from "../../local/dataplane/testing.ts";

/** What goes wrong with data while nobody looks. */

function serverOf({ server }: TestCluster): PostgresServer {
  assert.ok(server instanceof PostgresServer);
  return server;
}

/** Lets an index know nothing of what `write` writes. */
export async function unindexed(
  cluster: TestCluster,
  index: string,
  write: () => Promise<unknown>,
): Promise<void> {
  const ready = (isReady: boolean) =>
    serverOf(cluster).inside(
      (client) =>
        client.query("update pg_index set indisready = $2 where indexrelid = $1::regclass", [index, isReady]),
      "app",
    );
  await ready(false);
  await write();
  await ready(true);
}

/** Overwrites a part of a table's first page on the disk, while the server is down. */
export async function damage(cluster: TestCluster, table: string): Promise<void> {
  const server = serverOf(cluster);
  const file = await server.inside(async (client) => {
    const { rows } = await client.query<{ folder: string; path: string }>(
      "select current_setting('data_directory') as folder, pg_relation_filepath($1::regclass) as path",
      [table],
    );
    const [{ folder, path } = { folder: "", path: "" }] = rows;
    return join(folder, path);
  }, "app");
  await server.stop();
  const page = openSync(file, "r+");
  writeSync(page, Buffer.alloc(64, 0xdb), 0, 64, 4_000);
  closeSync(page);
  await cluster.apply();
}
