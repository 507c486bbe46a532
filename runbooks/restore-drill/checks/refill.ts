import { type Address, databaseOf } from "../connections/postgres.ts";
import { restoreDump } from "../dumps/dump.ts";
import type { Engine as EngineName } from "../dumps/manifest.ts";
import { DumpStore } from "../dumps/store.ts";
import type { Assignment } from "./assignment.ts";
import type { Finding } from "./check.ts";

/**
 * Restores the product's databases from their dumps. Each is compared with its dump's manifest, every row of it; what differs is a problem,
 * as is a dump that can't be read.
 */
export async function refill(
  engine: EngineName,
  targets: readonly Address[],
  { store: address, identity, of }: NonNullable<Assignment["dumps"]>,
): Promise<Finding> {
  const store = new DumpStore(address);
  const numbers = { databases: 0, tables: 0, rows: 0, bytes: 0 };
  try {
    for (const target of targets) {
      const database = databaseOf(target.uri);
      const startedAt = of[database];
      if (startedAt === undefined) return { problems: [`there is no dump of ${database}`] };
      const at = new Date(startedAt);
      const made = await restoreDump({ store, engine, database, at, identity, target, makeRoles: true });
      if (made.startedAt !== startedAt)
        return { problems: [`${database} is restored from the dump of ${made.startedAt}: another is gone`] };
      numbers.databases += 1;
      numbers.tables += made.parts.length;
      numbers.rows += made.parts.reduce((sum, { rows }) => sum + rows, 0);
      numbers.bytes += made.file.bytes;
    }
  } finally {
    store.close();
  }
  return { numbers };
}
