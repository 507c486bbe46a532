import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { splitArguments } from "./options.ts";

test("words are split as a shell splits them", () => {
  assert.deepEqual(splitArguments(`--a "b c" 'd "e' f\\ g --x="1 2" ""`), [
    "--a",
    "b c",
    'd "e',
    "f g",
    "--x=1 2",
    "",
  ]);
  assert.deepEqual(splitArguments("  "), []);
  assert.throws(() => splitArguments('--a "b'), /unclosed/);
});

test("quoted words come back whole", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
      assert.deepEqual(splitArguments(line), words);
    }),
  );
});
