import { createHash } from "node:crypto";
import type { Collection, Db } from "mongodb";
import { digestOf } from "./postgres.ts";
import type { Content, Recording } from "./recording.ts";

/** Documents that one answer of the server brings: what is in memory at a time. */
const BATCH = 500;

/** The collections of a database that hold the product's documents, by name. */
export async function collectionsOf(db: Db): Promise<string[]> {
  const all = await db.listCollections({}, { nameOnly: false }).toArray();
  return all
    .filter(({ name, type }) => type !== "view" && !name.startsWith("system."))
    .map(({ name }) => name)
    .sort();
}

/**
 * Reads all of a collection in the order of its keys. A server-side digest (dbHash) would ask for more rights than an ordinary user has,
 * and for the whole of a database at once.
 */
export async function contentOf(collection: Collection): Promise<Content> {
  const hash = createHash("sha256");
  let rows = 0;
  const cursor = collection.find<Buffer>({}, { sort: { _id: 1 }, batchSize: BATCH, raw: true });
  for await (const document of cursor) {
    hash.update(document);
    rows += 1;
  }
  return { rows, digest: hash.digest("hex") };
}

/** Names, options and indexes of the collections. */
export async function schemaDigest(db: Db): Promise<string> {
  const parts: string[] = [];
  for (const name of await collectionsOf(db)) {
    const indexes = await db.collection(name).indexes();
    const told = indexes.map(({ name: index, key, unique, sparse }) =>
      JSON.stringify([index, Object.entries(key), unique ?? false, sparse ?? false]),
    );
    parts.push(name, ...told.sort());
  }
  return digestOf(parts);
}

/** What a database holds now. Not one snapshot: collections are read one after the other. */
export async function recordMongo(db: Db, seconds: number): Promise<Recording> {
  const at = new Date().toISOString();
  const schema = await schemaDigest(db);
  const until = Date.now() + seconds * 1000;
  const tables: Recording["tables"] = {};
  for (const name of await collectionsOf(db)) {
    const collection = db.collection(name);
    tables[name] =
      Date.now() < until ? await contentOf(collection) : { rows: await collection.estimatedDocumentCount() };
  }
  return { at, database: db.databaseName, schema, tables };
}
