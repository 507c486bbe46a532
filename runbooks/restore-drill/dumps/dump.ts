import { type Address, databaseOf } from "../connections/postgres.ts";
import type { Bytes } from "./bytes.ts";
import type { Engine, Manifest } from "./manifest.ts";
import { dumpMongo, restoreMongo } from "./mongo.ts";
import { dumpPostgres } from "./postgres.ts";
import { type PostgresRestore, restorePostgres } from "./postgres-restore.ts";
import { seal, unseal } from "./seal.ts";
import { type DumpStore, prefixOf } from "./store.ts";

/** A database that is dumped. */
export interface Source extends Address {
  readonly engine: Engine;
}

const dumpers = { pg: dumpPostgres, mongodb: dumpMongo };
const endings = { pg: "pgdump", mongodb: "archive" };

/**
 * Dumps one database into the store: read, encrypted and uploaded at the same time, in constant memory. Its manifest is
 * written when all of it is there.
 */
export async function makeDump(
  { engine, ...address }: Source,
  store: DumpStore,
  recipients: readonly string[],
  signal?: AbortSignal,
): Promise<Manifest> {
  const database = databaseOf(address.uri);
  await store.forgetUploads(engine, database);
  const dump = await dumpers[engine](address, signal);
  try {
    const startedAt = dump.startedAt.toISOString();
    const key = `${prefixOf(engine, database)}${startedAt}.${endings[engine]}.age`;
    const file = await store.put(key, seal(dump.bytes, recipients), signal);
    const about: Manifest = {
      format: 1,
      engine,
      database,
      startedAt,
      finishedAt: new Date().toISOString(),
      file,
      recipients: [...recipients],
      ...(await dump.content),
    };
    await store.putManifest(about);
    return about;
  } finally {
    await dump.close();
  }
}

export interface Restore extends PostgresRestore {
  store: DumpStore;
  engine: Engine;
  /** Name of the database that was dumped. */
  database: string;
  /** The newest dump that is no younger than this moment. @default the newest of all */
  at?: Date;
  /** An age identity, `AGE-SECRET-KEY-1...`. */
  identity: string;
  /** An empty database. Its name may be another. */
  target: Address;
}

/**
 * Restores a dump and compares what came out of it with its manifest.
 *
 * @throws when there is no such dump, the identity is another's, the dump is damaged, the database not empty, or the
 * result differs.
 */
export async function restoreDump(restore: Restore): Promise<Manifest> {
  const { store, engine, database, target, identity } = restore;
  const chosen = await chooseDump(store, engine, database, restore.at);
  const open = (): Bytes => unseal(store.open(chosen.file), identity);
  if (engine === "pg") await restorePostgres(target, chosen, open, restore);
  else await restoreMongo(target, chosen, open);
  return chosen;
}

/** The newest dump of a database whose snapshot is not after `at`. @throws when there is none. */
export async function chooseDump(
  store: DumpStore,
  engine: Engine,
  database: string,
  at?: Date,
): Promise<Manifest> {
  const all = await store.manifests(engine, database);
  const chosen = at ? all.find(({ startedAt }) => new Date(startedAt) <= at) : all[0];
  if (chosen) return chosen;
  const oldest = all.at(-1);
  if (oldest) throw new Error(`the oldest dump of ${engine} ${database} is of ${oldest.startedAt}`);
  throw new Error(`there is no dump of ${engine} ${database}`);
}
