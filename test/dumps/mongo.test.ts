import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { BSON, type Db, type Document, MongoClient } from "mongodb";
import { mongodb } from "../../local/dataplane/mongodb/server.ts";
import { TestCluster } from "../../local/dataplane/testing.ts";
import { makeDump, restoreDump } from "../../runbooks/restore-drill/dumps/dump.ts";
import type { Manifest } from "../../runbooks/restore-drill/dumps/manifest.ts";
import { newIdentity } from "../../runbooks/restore-drill/dumps/seal.ts";
import { bucketFor, type TestBucket } from "./bucket.ts";

const password = "AVNS_secret";
const databases = ["app", "back", "forged", "full"];
const cluster = new TestCluster(mongodb, {
  version: "7.0",
  users: [{ name: "doadmin", password }],
  databases: ["admin", ...databases],
});

describe("dumps of MongoDB", () => {
  let bucket: TestBucket;
  let keys: { identity: string; recipient: string };
  let made: Manifest;
  let client: MongoClient;
  const ends: (() => unknown)[] = [];

  const address = (database: string) => ({
    uri: `mongodb://doadmin:${password}@${cluster.host}:27017/${database}?tls=true&authMechanism=PLAIN`,
    ca: cluster.spec.ca,
  });
  const restore = (database: string) =>
    restoreDump({
      store: bucket.store,
      engine: "mongodb",
      database: "app",
      identity: keys.identity,
      target: address(database),
    });

  before(async () => {
    await cluster.apply();
    bucket = await bucketFor({ after: (end: () => unknown) => void ends.push(end) });
    keys = await newIdentity();
    const { uri, ca } = address("app");
    client = await new MongoClient(uri, { ca }).connect();
    await fill(client.db("app"));
    made = await makeDump({ engine: "mongodb", ...address("app") }, bucket.store, [keys.recipient]);
  });
  after(async () => {
    await client.close();
    for (const end of ends.reverse()) await end();
  });

  it("come back with every document as it was, and with their indexes", async () => {
    const { parts } = await restore("back");
    assert.deepEqual(
      parts.map(({ name, rows }) => [name, rows]),
      [
        ["empty", 0],
        ["letters", 3000],
        ["odd", 1],
      ],
    );
    assert.deepEqual(await contentOf(client.db("back")), await contentOf(client.db("app")));
    await assert.rejects(
      client.db("back").collection("letters").insertOne({ mail: "p1@example.com" }),
      /duplicate/i,
    );
  });

  it("say how far they are of one moment: FerretDB has no snapshots over collections", () => {
    assert.equal(made.consistency, "each collection");
  });

  it("are not restored over what is there", async () => {
    await client.db("full").collection("mine").insertOne({ n: 1 });
    await assert.rejects(restore("full"), /the database has 1 collections: restore into an empty one/);
  });

  it("are refused when changed", async () => {
    const { key: Key, version: VersionId } = made.file;
    const { Body } = await bucket.s3.send(new GetObjectCommand({ Bucket: bucket.name, Key, VersionId }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    bytes.writeUInt8(bytes.readUInt8(bytes.length / 2) ^ 1, bytes.length / 2);
    const put = await bucket.s3.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: bytes }));
    await bucket.store.putManifest({ ...made, file: { ...made.file, version: put.VersionId } });
    await assert.rejects(restore("forged"), /changed or cut off/);
    await bucket.store.putManifest(made);
  });

  it("name the server's refusal when the password is wrong", async () => {
    const uri = address("app").uri.replace(password, "wrong");
    const wrong = makeDump({ engine: "mongodb", uri, ca: cluster.spec.ca }, bucket.store, [keys.recipient]);
    await assert.rejects(
      wrong,
      (error: Error) => /authentication/i.test(error.message) && !/wrong/.test(error.message),
    );
  });
});

async function fill(db: Db): Promise<void> {
  const letters = db.collection("letters");
  await letters.insertMany(
    Array.from({ length: 3000 }, (_, n) => ({
      mail: `p${n}@example.com`,
      n,
      tags: ["a", n],
      text: "x".repeat(n),
    })),
  );
  await letters.createIndex({ mail: 1 }, { unique: true });
  await letters.createIndex({ n: -1, mail: 1 });
  await db.createCollection("empty");
  const odd = new Map<string, unknown>([
    ["_id", new BSON.ObjectId()],
    ["b", new BSON.Double(1)],
    ["10", new BSON.Int32(1)],
    ["2", new BSON.Long(2n)],
    ["when", new Date(5)],
    ["bytes", new BSON.Binary(Buffer.from([1, 2]))],
    ["nothing", null],
    ["inner", new Map([["1", [true, new Map()]]])],
  ]);
  await db.command({ insert: "odd", documents: [odd] });
}

/** Bytes of all documents, and the indexes. */
async function contentOf(db: Db): Promise<Document[]> {
  const content: Document[] = [];
  for (const name of ["empty", "letters", "odd"]) {
    const documents = await db.collection(name).find({}, { raw: true }).sort({ _id: 1 }).toArray();
    const indexes = await db.collection(name).listIndexes().toArray();
    content.push({
      name,
      indexes,
      documents: documents.map((bytes) => Buffer.from(bytes as unknown as Uint8Array).toString("base64")),
    });
  }
  return content;
}
