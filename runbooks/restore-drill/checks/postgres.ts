import type { ClientBase } from "pg";
import { type Address, connectPostgres } from "../connections/postgres.ts";
import { contentOf, estimate, recordPostgres, schemaDigest, tablesOf } from "../recordings/postgres.ts";
import { keptInPostgres } from "../recordings/store.ts";
import { CANARY } from "../worker/canary.ts";
import { tellable } from "./check.ts";
import type { Reading } from "./contents.ts";
import { foreignKeys, heaps, indexes, pageChecksums } from "./integrity.ts";
import type { Engine, Restored } from "./run.ts";
import { postgresTls } from "./tls.ts";

/** The checks of PostgreSQL. */
export const postgresEngine: Engine = {
  async open(address) {
    const client = await connectPostgres(address);
    const { rows } = await client.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    return restored(client, address, rows[0]?.version ?? "");
  },
  async canary(address, after) {
    const client = await connectPostgres(address);
    try {
      const { rows: there } = await client.query(`select to_regclass('${CANARY}.tick') is not null as there`);
      const recordings = await keptInPostgres(client);
      if (!there[0]?.there) return { recordings, ticks: 0 };
      const { rows } = await client.query<{ newest: Date | null; ticks: string }>(
        `select max(at) as newest, count(*) filter (where at > $1) as ticks from ${CANARY}.tick`,
        [after ?? "-infinity"],
      );
      return { recordings, newest: rows[0]?.newest?.toISOString(), ticks: Number(rows[0]?.ticks ?? 0) };
    } finally {
      await client.end();
    }
  },
  async record(address, seconds) {
    const client = await connectPostgres(address);
    try {
      return await recordPostgres(client, seconds);
    } finally {
      await client.end();
    }
  },
};

function restored(
  client: ClientBase & { end(): Promise<void> },
  address: Address,
  version: string,
): Restored {
  return {
    version,
    async isReady() {
      const { rows } = await client.query<{ recovering: boolean }>(
        "select pg_is_in_recovery() as recovering",
      );
      return rows[0]?.recovering === false;
    },
    tls: () => postgresTls(address),
    schema: () => schemaDigest(client),
    async read(until) {
      const reading: Reading = new Map();
      for (const table of await tablesOf(client)) {
        const content = Date.now() > until ? estimate(client, table) : contentOf(client, table);
        reading.set(table.name, await content.catch((error) => ({ problem: tellable(error) })));
      }
      return reading;
    },
    async query(text) {
      await client.query("begin read only");
      try {
        await client.query("set local statement_timeout = '60s'");
        const { rowCount } = await client.query(text);
        return rowCount ?? 0;
      } finally {
        await client.query("rollback");
      }
    },
    deep: (until) =>
      new Map([
        ["foreign keys", () => foreignKeys(client)],
        ["indexes", async () => indexes(client, await tablesOf(client), until)],
        ["heaps", async () => heaps(client, await tablesOf(client), until)],
        ["page checksums", () => pageChecksums(client)],
      ]),
    close: () => client.end(),
  };
}
