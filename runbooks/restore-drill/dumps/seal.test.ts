import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Decrypter, Encrypter } from "age-encryption";
import type { Bytes } from "./bytes.ts";
import { identityIn, newIdentity, seal, unseal } from "./seal.ts";

const content = Buffer.alloc(200_000, "abc");
let [mine, others] = [
  { identity: "", recipient: "" },
  { identity: "", recipient: "" },
];

before(async () => {
  [mine, others] = [await newIdentity(), await newIdentity()];
});

async function* each(...pieces: Uint8Array[]): Bytes {
  yield* pieces;
}

async function all(bytes: Bytes): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

test("every recipient can open what was sealed, and nobody else", async () => {
  const third = await newIdentity();
  const sealed = await all(seal(each(content), [mine.recipient, third.recipient]));
  for (const { identity } of [mine, third])
    assert.ok((await all(unseal(each(sealed), identity))).equals(content));
  await assert.rejects(all(unseal(each(sealed), others.identity)), /can't be decrypted: no identity matched/);
});

test("any age reads and writes the same", async () => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(mine.identity);
  const sealed = await all(seal(each(content), [mine.recipient]));
  assert.ok(Buffer.from(await decrypter.decrypt(sealed)).equals(content));
  const encrypter = new Encrypter();
  encrypter.addRecipient(mine.recipient);
  assert.ok((await all(unseal(each(await encrypter.encrypt(content)), mine.identity))).equals(content));
});

test("what was changed or cut off anywhere is refused", async () => {
  const sealed = await all(seal(each(content), [mine.recipient]));
  for (const length of [sealed.length - 1, sealed.length - 70_000, 64 * 1024 + 216, 100])
    await assert.rejects(
      all(unseal(each(sealed.subarray(0, length)), mine.identity)),
      `cut off at ${length}`,
    );
  for (const at of [50, 250, 100_000, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    await assert.rejects(all(unseal(each(changed), mine.identity)), `changed at ${at}`);
  }
});

test("a source that fails says so itself", async () => {
  const failing = async function* (): Bytes {
    yield (await all(seal(each(content), [mine.recipient]))).subarray(0, 100_000);
    throw new Error("the connection was lost");
  };
  await assert.rejects(all(unseal(failing(), mine.identity)), /^Error: the connection was lost$/);
  await assert.rejects(all(seal(failing(), [mine.recipient])), /the connection was lost/);
});

test("an identity file may have comments, and one identity", () => {
  assert.equal(
    identityIn(`# created: today\n# public key: ${mine.recipient}\n${mine.identity}\n`),
    mine.identity,
  );
  for (const text of ["", mine.recipient, `${mine.identity}\n${others.identity}`])
    assert.throws(() => identityIn(text), /one line that begins with AGE-SECRET-KEY-/);
});
