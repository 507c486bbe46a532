import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { Decimal128, MongoClient } from "mongodb";
import { mongodb } from "../local/dataplane/mongodb/server.ts";
import { TestCluster } from "../local/dataplane/testing.ts";
import { pythonWith } from "./python.ts";

// What docs/databases.md says of MongoDB, asked of the server with clients that others wrote.

const page = readFileSync(join(import.meta.dirname, "../docs/databases.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "databases-"));
const cluster = new TestCluster(mongodb, {
  version: "7.0",
  users: [{ name: "doadmin", password: "AVNS_doadmin" }],
  databases: ["admin"],
});
await cluster.apply();
const uri = `mongodb://doadmin:AVNS_doadmin@${cluster.host}:27017/admin?tls=true&authSource=admin&authMechanism=PLAIN`;
const client = new MongoClient(uri, { ca: cluster.spec.ca });
const db = client.db("product");
const documents = db.collection("documents");
await documents.insertMany(
  Array.from({ length: 3000 }, (_, number) => ({
    number,
    group: number % 10,
    tags: ["all", `of ${number % 3}`],
  })),
);
after(async () => {
  await client.close(true);
  rmSync(folder, { recursive: true });
});

const stage = (name: string, value: unknown) => documents.aggregate([{ [name]: value }]).toArray();
const update = (change: object, options = {}) => documents.updateOne({ number: 1 }, change, options);
const command = (name: string, facts: object = {}) => db.command({ [name]: 1, ...facts });
const collection = (facts: object) => db.createCollection("made", facts);

/** Each entry of the page's table, with what asks for it. */
const MISSING: Record<string, () => Promise<unknown>> = {
  $lookup: () => stage("$lookup", { from: "others", localField: "a", foreignField: "b", as: "c" }),
  $facet: () => stage("$facet", { all: [{ $count: "n" }] }),
  $bucket: () => stage("$bucket", { groupBy: "$number", boundaries: [0, 10], default: "more" }),
  $merge: () => stage("$merge", { into: "others" }),
  $out: () => stage("$out", "others"),
  $unionWith: () => stage("$unionWith", "others"),
  $sample: () => stage("$sample", { size: 1 }),
  $sortByCount: () => stage("$sortByCount", "$group"),
  $replaceRoot: () => stage("$replaceRoot", { newRoot: "$nested" }),
  $avg: () => stage("$group", { _id: "$group", value: { $avg: "$number" } }),
  $min: () => stage("$group", { _id: "$group", value: { $min: "$number" } }),
  $max: () => stage("$group", { _id: "$group", value: { $max: "$number" } }),
  $push: () => stage("$group", { _id: "$group", value: { $push: "$number" } }),
  $first: () => stage("$group", { _id: "$group", value: { $first: "$number" } }),
  "operators in $project": () => stage("$project", { next: { $add: ["$number", 1] } }),
  "comparisons in $expr": () => documents.find({ $expr: { $gt: ["$number", "$group"] } }).toArray(),
  pipelines: () => update([{ $set: { copy: "$number" } }]),
  arrayFilters: () => update({ $set: { "tags.$[tag]": "x" } }, { arrayFilters: [{ tag: "all" }] }),
  "the positional $": () => documents.updateOne({ tags: "all" }, { $set: { "tags.$": "x" } }),
  expireAfterSeconds: () => documents.createIndex({ at: 1 }, { expireAfterSeconds: 1 }),
  partialFilterExpression: () => documents.createIndex({ at: 1 }, { partialFilterExpression: { group: 1 } }),
  text: () => documents.createIndex({ tags: "text" }),
  "2dsphere": () => documents.createIndex({ place: "2dsphere" }),
  hashed: () => documents.createIndex({ number: "hashed" }),
  validator: () => collection({ validator: { number: 1 } }),
  viewOn: () => collection({ viewOn: "documents", pipeline: [] }),
  timeseries: () => collection({ timeseries: { timeField: "at" } }),
  collation: () => documents.find().collation({ locale: "en" }).toArray(),
  $where: () => documents.find({ $where: "true" }).toArray(),
  "projections by $slice or $elemMatch": () =>
    documents.find({}, { projection: { tags: { $slice: 1 } } }).toArray(),
  Decimal128: () => documents.insertOne({ price: Decimal128.fromString("1.5") }),
  NaN: () => documents.insertOne({ price: Number.NaN }),
  infinity: () => documents.insertOne({ price: Number.POSITIVE_INFINITY }),
  "text with a null character": () => documents.insertOne({ text: "a\0b" }),
  "arrays in arrays": () => documents.insertOne({ matrix: [[1], [2]] }),
  "names with a dot": () => documents.insertOne({ "a.b": 1 }),
  transactions: () =>
    client.withSession((session) =>
      session.withTransaction(() => documents.insertOne({ number: -1 }, { session })),
    ),
  "change streams": () => documents.watch().next(),
  dbHash: () => command("dbHash"),
  replSetGetStatus: () => client.db("admin").command({ replSetGetStatus: 1 }),
  createUser: () => db.command({ createUser: "x", pwd: "y", roles: [] }),
  mapReduce: () => db.command({ mapReduce: "documents", map: "x", reduce: "y", out: { inline: 1 } }),
};

test("what the page calls missing is refused, and the page names all that is asked for here", async () => {
  const [, section = ""] = /### What is missing\n([\s\S]*)All of these are refused/.exec(page) ?? [];
  const rows = section.match(/^\| [a-z]+ \| .* \|$/gm) ?? [];
  const named = rows.flatMap((row) =>
    (row.split("|")[2] ?? "").split(",").map((it) => it.trim().replaceAll("`", "")),
  );
  assert.deepEqual(named.toSorted(), Object.keys(MISSING).toSorted());
  for (const [name, ask] of Object.entries(MISSING)) await assert.rejects(ask, Error, name);
  assert.equal(await documents.countDocuments({}), 3000);
});

test("what the page says works does", async () => {
  const { upsertedCount } = await documents.updateOne(
    { number: -1 },
    { $set: { group: 0 } },
    { upsert: true },
  );
  assert.equal(upsertedCount, 1);
  await documents.deleteOne({ number: -1 });
  const found = await documents
    .find({ tags: { $elemMatch: { $eq: "of 1" } } }, { projection: { number: 1, _id: 0 } })
    .sort({ number: -1 })
    .limit(1)
    .toArray();
  assert.deepEqual(found, [{ number: 2998 }]);
  assert.equal(await documents.countDocuments({ tags: /^of 2/ }), 1000);
  let read = 0;
  for await (const _ of documents.find().batchSize(100)) read++;
  assert.equal(read, 3000);
  const groups = await documents
    .aggregate([
      { $match: { group: { $lt: 2 } } },
      { $addFields: { seen: 1 } },
      { $project: { group: 1, seen: 1 } },
      { $group: { _id: "$group", n: { $sum: "$seen" } } },
      { $sort: { _id: 1 } },
    ])
    .toArray();
  assert.deepEqual(groups, [
    { _id: 0, n: 300 },
    { _id: 1, n: 300 },
  ]);
  assert.deepEqual(await stage("$count", "n"), [{ n: 3000 }]);
  assert.equal((await documents.distinct("group")).length, 10);
  const updated = await documents.updateMany(
    { group: 1 },
    { $inc: { seen: 1 }, $addToSet: { tags: "more" }, $unset: { none: 1 } },
  );
  assert.equal(updated.modifiedCount, 300);
  const { insertedCount, deletedCount } = await documents.bulkWrite([
    { insertOne: { document: { number: -2 } } },
    { deleteOne: { filter: { number: -2 } } },
  ]);
  assert.deepEqual([insertedCount, deletedCount], [1, 1]);
  assert.equal((await documents.findOneAndUpdate({ number: 7 }, { $set: { seen: 1 } }))?.number, 7);
  await documents.createIndex({ number: 1 }, { unique: true });
  await assert.rejects(documents.insertOne({ number: 7 }), { code: 11000 });
  await db.createCollection("capped", { capped: true, size: 100_000 });
  await db.collection("capped").insertOne({});
  assert.equal((await db.command({ validate: "documents" })).valid, true);
  assert.equal((await command("dbStats")).db, "product");
  assert.equal((await db.command({ collStats: "documents" })).count, 3000);
  assert.ok(await documents.find({ number: 7 }).explain());
});

test("what the page says is answered otherwise is", async () => {
  const [unwound] = await documents.aggregate([{ $match: { number: 1 } }, { $unwind: "$tags" }]).toArray();
  assert.deepEqual(Object.keys(unwound ?? {}), ["_id", "tags"]);
  for (const name of ["$project", "$set", "$addFields"])
    assert.equal((await stage(name, { copy: "$number" }))[0]?.copy, "$number");
  const unique = db.collection<{ key?: string[] }>("unique");
  await unique.createIndex({ key: 1 }, { unique: true });
  await unique.insertMany([{}, {}, { key: ["a"] }, { key: ["a", "b"] }]);
  await documents.updateOne({ number: 8 }, { $set: { zero: -0 } });
  assert.ok(Object.is((await documents.findOne({ number: 8 }))?.zero, 0));
});

test("PyMongo sees the same: a wrong password at the first command, no TLS and no trust at all", async (t) => {
  const { python, missing } = pythonWith(folder, "pymongo==4.20.1");
  if (missing !== undefined) return t.skip(missing);
  const ca = join(folder, "ca.crt");
  writeFileSync(ca, cluster.spec.ca);
  const script = `
import os
from pymongo import MongoClient
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

uri, ca = os.environ["URI"], os.environ["CA"]

def ask(uri, **options):
    with MongoClient(uri, serverSelectionTimeoutMS=2000, **options) as client:
        try:
            return client.admin.command("ping")["ok"], client.product.documents.find_one({"number": 5})["number"]
        except OperationFailure as error:
            return error.code, "28P01" in str(error)
        except ServerSelectionTimeoutError:
            return "unreachable"

print(ask(uri, tlsCAFile=ca))
print(ask(uri.replace("AVNS_doadmin", "wrong"), tlsCAFile=ca))
print(ask(uri.replace("&authMechanism=PLAIN", ""), tlsCAFile=ca)[0])
print(ask(uri))
print(ask(uri.replace("tls=true", "tls=false")))
with MongoClient(uri, tlsCAFile=ca) as client:
    client.python.documents.insert_many([{"_id": number} for number in range(100)])
    print(client.python.documents.count_documents({}), client.python.documents.find_one(sort=[("_id", -1)]))
`;
  const { stdout } = await promisify(execFile)(python, ["-c", script], {
    env: { ...process.env, URI: uri, CA: ca },
  });
  assert.deepEqual(stdout.trim().split("\n"), [
    "(1.0, 5)",
    "(1, True)",
    "18",
    "unreachable",
    "unreachable",
    "100 {'_id': 99}",
  ]);
});
