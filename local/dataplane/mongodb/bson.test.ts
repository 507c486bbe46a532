import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BSON } from "mongodb";
import { type Document, decode, encode } from "./bson.ts";

const name = fc.string().filter((text) => !text.includes("\0"));
const { document } = fc.letrec<{ value: Document[string]; document: Document }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("document"),
  ),
  document: fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));

test("MongoDB's own library reads what is written, and what it writes is read", () => {
  fc.assert(
    fc.property(document, (it) => {
      const library = BSON.serialize(it);
      assert.deepEqual(encode(it), Buffer.from(library));
      assert.deepEqual(decode(Buffer.from(library)), it);
    }),
  );
});

test("reads every type that answers have", () => {
  const bytes = Buffer.from("payload");
  const answer = {
    ok: 1.5,
    payload: new BSON.Binary(bytes),
    id: new BSON.ObjectId("0123456789abcdef01234567"),
    localTime: new Date(1e12),
    clusterTime: new BSON.Timestamp({ t: 1, i: 2 }),
    count: BSON.Long.fromString("9007199254740993"),
  };
  assert.deepEqual(decode(Buffer.from(BSON.serialize(answer))), {
    ok: 1.5,
    payload: bytes,
    id: Buffer.from("0123456789abcdef01234567", "hex"),
    localTime: 1_000_000_000_000n,
    clusterTime: (1n << 32n) + 2n,
    count: 9007199254740993n,
  });
  assert.deepEqual(
    encode({ payload: bytes }),
    Buffer.from(BSON.serialize({ payload: new BSON.Binary(bytes) })),
  );
});

test("says what is wrong with an answer that is cut short or of another kind", () => {
  const whole = Buffer.from(BSON.serialize({ errmsg: "a text" }));
  for (let length = 0; length < whole.length - 1; length++)
    assert.throws(() => decode(whole.subarray(0, length)), /cut short/);
  assert.throws(
    () => decode(Buffer.from(BSON.serialize({ price: BSON.Decimal128.fromString("1") }))),
    /type 19/,
  );
});
