import type { Db } from "mongodb";

/** Cover letters: texts, each a document of its own. */

export interface Letter {
  _id: string;
  account: string;
  text: string;
  createdAt: Date;
}

export async function write(mongo: Db, account: string, text: string): Promise<{ id: string }> {
  const id = crypto.randomUUID();
  const letter = { _id: id, account, text, createdAt: new Date() };
  await mongo.collection<Letter>("letters").insertOne(letter, { writeConcern: { w: "majority" } });
  return { id };
}

export async function list(mongo: Db, account: string): Promise<{ id: string; text: string }[]> {
  const letters = await mongo
    .collection<Letter>("letters")
    .find({ account })
    .sort({ createdAt: 1 })
    .toArray();
  return letters.map(({ _id, text }) => ({ id: _id, text }));
}
