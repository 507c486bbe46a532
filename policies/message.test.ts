import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { failure, isFailure, read, readUndecided, write, writeUndecided } from "./message.ts";

const name = fc.stringMatching(/^[A-Za-z_$][\w$-]*$/);
const path = fc
  .array(
    fc.oneof(
      name,
      fc.nat(99).map((index) => `[${index}]`),
      fc.string().map((key) => `[${JSON.stringify(key.replace(/\s/g, "_"))}]`),
    ),
  )
  .map((parts) =>
    parts.map((part, index) => (index > 0 && !part.startsWith("[") ? `.${part}` : part)).join(""),
  );
const words = fc.stringMatching(/^[a-z"/0-9]+(?: [a-z"/0-9]+){0,9}$/);

test("a message is read as it was written, with the description that Pulumi puts before it", () => {
  fc.assert(
    fc.property(path, words, words, (at, wrong, fix) => {
      const message = { path: at, wrong, fix: `${fix}.` };
      assert.deepEqual(read(write(message)), message);
      assert.deepEqual(read(`What holds: this.\n${write(message)}`), message);
    }),
  );
});

test("a message is one line, whatever is in it", () => {
  assert.doesNotMatch(write({ path: "", wrong: "a\nb", fix: "c\r\nd" }), /[\r\n]/);
});

test("other texts are no messages", () => assert.equal(read("something else"), undefined));

test("what stays open is read as it was written, with the description that Pulumi puts before it", () => {
  for (const open of [["a.b[0]"], ["type", 'c["d e"]']])
    assert.deepEqual(readUndecided(`What holds: this.\n${writeUndecided(open)}`), open);
});

test("a rule of another pack that touched an unknown is undecided, too", () => {
  const text =
    "can't run policy 'x' from policy pack 'y@v1' during preview: string value at .a.0.b can't be known during preview";
  assert.deepEqual(readUndecided(text), ["a.0.b"]);
  assert.equal(readUndecided("it is open"), undefined);
});

test("a rule's own failure is told apart", () => {
  assert.equal(isFailure(failure("TypeError")), true);
  assert.equal(isFailure({ path: "", wrong: "something", fix: "" }), false);
});
