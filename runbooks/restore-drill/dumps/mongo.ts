import { hash } from "node:crypto";
import { BSON, type ClientSession, type Db, MongoClient } from "mongodb";
import { type Address, databaseOf } from "../connections/postgres.ts";
import { type Collection, readArchive, writeArchive } from "./archive.ts";
import { exactDocument } from "./bson.ts";
import type { Bytes } from "./bytes.ts";
import { differences, type Manifest, type Part } from "./manifest.ts";
import type { Dump } from "./postgres.ts";

/** Documents of one insert, at most: by number, and by bytes. */
const batch = { documents: 1000, bytes: 8 * 1024 * 1024 };

const tool = "breakwater (mongodump archive 0.1)";

/** What a collection is made with. */
interface Metadata {
  options: Record<string, unknown>;
  /** With what older servers add: the collection, and the version of the index' own format. */
  indexes: { name: string; ns?: string; v?: number }[];
  type: "collection" | "view";
  collectionName: string;
}

/**
 * Dumps a database as an archive of MongoDB's own tools. All reads are of one moment where the server has such reads
 * (a replica set of MongoDB 5 or later, which keeps that moment for five minutes and fails afterwards).
 *
 * @throws for time series, which this does not read.
 */
export async function dumpMongo(address: Address, signal?: AbortSignal): Promise<Dump> {
  const client = await openClient(address);
  const session = client.startSession({ snapshot: true });
  const close = async () => {
    await session.endSession();
    await client.close();
  };
  try {
    const db = client.db(databaseOf(address.uri));
    const { version: server } = await db.command({ buildInfo: 1 });
    const startedAt = new Date();
    const consistency = (await fixMoment(db, session)) ? "snapshot" : "each collection";
    const sums = new Map<string, Sum>();
    const collections: Collection[] = [];
    for (const metadata of await describe(db)) {
      const name = metadata.collectionName;
      const documents =
        metadata.type === "view" ? none() : summed(read(db, name, session), sumOf(sums, name));
      const text = BSON.EJSON.stringify(metadata, { relaxed: false });
      collections.push({ db: db.databaseName, collection: name, metadata: text, documents });
    }
    const content = Promise.withResolvers<Awaited<Dump["content"]>>();
    content.promise.catch(() => undefined);
    const bytes = async function* () {
      try {
        for await (const piece of writeArchive({ serverVersion: server, tool }, collections)) {
          signal?.throwIfAborted();
          yield piece;
        }
        const parts = [...sums].map(([name, sum]) => sum.part(name));
        content.resolve({ server, tool, consistency, parts });
      } catch (error) {
        content.reject(error);
        throw error;
      }
    };
    return { startedAt, bytes: bytes(), content: content.promise, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Restores an archive into an empty database, indexes last, and compares what is there then with the manifest.
 *
 * @throws when the database is not empty, the archive is damaged, or what came out of it differs.
 */
export async function restoreMongo(address: Address, manifest: Manifest, open: () => Bytes): Promise<void> {
  const client = await openClient(address);
  try {
    const db = client.db(databaseOf(address.uri));
    const there = await db.listCollections({}, { nameOnly: true }).toArray();
    if (there.length)
      throw new Error(`the database has ${there.length} collections: restore into an empty one`);
    const made: Metadata[] = [];
    let writer: Writer | undefined;
    for await (const entry of readArchive(open())) {
      if (entry.kind === "collection") {
        const metadata: Metadata = BSON.EJSON.parse(entry.metadata, { relaxed: false });
        if (metadata.type !== "view") await db.command({ create: entry.collection, ...metadata.options });
        made.push(metadata);
      } else if (entry.kind === "document") {
        if (writer?.collection !== entry.collection) writer = new Writer(db, entry.collection);
        await writer.add(entry.bytes);
      } else if (writer?.collection === entry.collection) await writer.flush();
    }
    for (const { type, collectionName, options, indexes } of made) {
      if (type === "view") await db.command({ create: collectionName, ...options });
      const own = indexes.filter(({ name }) => name !== "_id_").map(({ ns: _ns, v: _v, ...index }) => index);
      if (own.length) await db.command({ createIndexes: collectionName, indexes: own });
    }
    const problems = differences(manifest.parts, await mongoParts(db));
    if (problems.length) throw new Error(`the restored database differs: ${problems.join("; ")}`);
  } finally {
    await client.close();
  }
}

/** Every collection with its documents, read in full. */
export async function mongoParts(db: Db): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { type, collectionName } of await describe(db)) {
    if (type === "view") continue;
    const sum = new Sum();
    for await (const bytes of read(db, collectionName)) sum.add(bytes);
    parts.push(sum.part(collectionName));
  }
  return parts;
}

async function openClient({ uri, ca }: Address): Promise<MongoClient> {
  const client = new MongoClient(uri, { ca, appName: "breakwater-dumps", readPreference: "primary" });
  return client.connect();
}

/** The first read of a snapshot session fixes the moment of all. False where the server has no such reads, and says nothing. */
async function fixMoment(db: Db, session: ClientSession): Promise<boolean> {
  const { cursor } = await db.command({ find: "breakwater.none", singleBatch: true }, { session });
  return cursor.atClusterTime !== undefined;
}

/** What there is in a database, by name. Views after all else: they may look at anything. */
async function describe(db: Db): Promise<Metadata[]> {
  const found: Metadata[] = [];
  for (const { name, type = "collection", options = {} } of await db
    .listCollections({}, { nameOnly: false })
    .toArray()) {
    if (name.startsWith("system.")) continue;
    if (type !== "collection" && type !== "view")
      throw new Error(`${name} is of type ${type}, which these dumps can't hold`);
    const indexes = type === "view" ? [] : await db.collection(name).listIndexes().toArray();
    found.push({ options, indexes: indexes as Metadata["indexes"], type, collectionName: name });
  }
  const order = ({ type, collectionName }: Metadata) => `${type} ${collectionName}`;
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** A collection's documents as the bytes that the server sent. */
async function* read(db: Db, collection: string, session?: ClientSession): Bytes {
  // The driver's types don't know that `raw` changes what comes.
  yield* db.collection(collection).find({}, { session, raw: true }) as AsyncIterable<unknown> as Bytes;
}

async function* summed(documents: Bytes, sum: Sum): Bytes {
  for await (const bytes of documents) {
    sum.add(bytes);
    yield bytes;
  }
}

async function* none(): Bytes {}

/** The number of documents, and a sum over their hashes, which no order changes. */
class Sum {
  #rows = 0;
  #sum = 0n;

  add(bytes: Uint8Array): void {
    this.#rows++;
    this.#sum = BigInt.asUintN(64, this.#sum + hash("sha256", bytes, "buffer").readBigUInt64BE());
  }

  part(name: string): Part {
    return { name, rows: this.#rows, digest: this.#sum.toString(16).padStart(16, "0") };
  }
}

function sumOf(sums: Map<string, Sum>, name: string): Sum {
  const sum = new Sum();
  sums.set(name, sum);
  return sum;
}

/** Writes documents in batches, as they were. */
class Writer {
  readonly collection: string;
  readonly #db: Db;
  #held: Map<string, unknown>[] = [];
  #bytes = 0;

  constructor(db: Db, collection: string) {
    this.#db = db;
    this.collection = collection;
  }

  async add(bytes: Buffer): Promise<void> {
    this.#held.push(exactDocument(bytes));
    this.#bytes += bytes.length;
    if (this.#held.length >= batch.documents || this.#bytes >= batch.bytes) await this.flush();
  }

  async flush(): Promise<void> {
    const documents = this.#held;
    [this.#held, this.#bytes] = [[], 0];
    if (!documents.length) return;
    const { writeErrors } = await this.#db.command({ insert: this.collection, documents });
    const [first] = writeErrors ?? [];
    if (first) throw new Error(`${this.collection} does not take a document: ${first.errmsg}`);
  }
}
