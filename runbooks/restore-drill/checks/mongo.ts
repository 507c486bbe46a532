import type { Db } from "mongodb";
import { connectMongo } from "../connections/mongo.ts";
import { collectionsOf, contentOf, recordMongo, schemaDigest } from "../recordings/mongo.ts";
import { keptInMongo } from "../recordings/store.ts";
import { CANARY } from "../worker/canary.ts";
import { type Finding, tellable } from "./check.ts";
import type { Reading } from "./contents.ts";
import type { Engine } from "./run.ts";
import { mongoTls } from "./tls.ts";

/** The checks of MongoDB. */
export const mongoEngine: Engine = {
  async open(address) {
    const client = await connectMongo(address);
    const db = client.db();
    const { version } = await db.admin().buildInfo();
    return {
      version: String(version),
      isReady: async () => {
        const hello = await db.admin().command({ hello: 1 });
        return hello.isWritablePrimary === true;
      },
      tls: () => mongoTls(address),
      schema: () => schemaDigest(db),
      async read(until) {
        const reading: Reading = new Map();
        for (const name of await collectionsOf(db))
          reading.set(
            name,
            Date.now() > until
              ? { rows: await db.collection(name).estimatedDocumentCount() }
              : await contentOf(db.collection(name)).catch((error) => ({ problem: tellable(error) })),
          );
        return reading;
      },
      async query(text) {
        const { collection, filter = {} } = JSON.parse(text);
        return db.collection(String(collection)).countDocuments(filter, { limit: 1, maxTimeMS: 60_000 });
      },
      deep: () => new Map([["indexes", () => indexes(db)]]),
      close: () => client.close(),
    };
  },
  async canary(address, after) {
    const client = await connectMongo(address);
    try {
      const ticks = client.db(CANARY).collection<{ _id: Date }>("ticks");
      const newest = await ticks.findOne({}, { sort: { _id: -1 } });
      return {
        recordings: await keptInMongo(client),
        newest: newest?._id.toISOString(),
        ticks: await ticks.countDocuments(after === undefined ? {} : { _id: { $gt: new Date(after) } }),
      };
    } finally {
      await client.close();
    }
  },
  async record(address, seconds) {
    const client = await connectMongo(address);
    try {
      return await recordMongo(client.db(), seconds);
    } finally {
      await client.close();
    }
  },
};

/** Every key of an index leads to its document: a search by the index finds as many as there are. */
async function indexes(db: Db): Promise<Finding> {
  const problems: string[] = [];
  let count = 0;
  for (const name of await collectionsOf(db)) {
    const collection = db.collection(name);
    const all = await collection.countDocuments({});
    for (const { name: index, sparse, partialFilterExpression } of await collection.indexes()) {
      if (index === undefined || sparse || partialFilterExpression) continue;
      count += 1;
      const found = await collection.countDocuments({}, { hint: index });
      if (found !== all) problems.push(`${name}.${index}: leads to ${found} documents of ${all}`);
    }
  }
  return { numbers: { indexes: count }, problems };
}
