import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { collect } from "./listing.ts";

/** Keys as they lie in the store: by their UTF-8 bytes. */
const inOrder = (keys: readonly string[]) =>
  [...new Set(keys)].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "//", "é", "\uffff", "😀"), maxLength: 6 });

/** A listing as it is meant to be, without pages. */
function whole(keys: readonly string[], prefix: string, delimiter: string) {
  const found: string[] = [];
  const prefixes: string[] = [];
  for (const one of keys) {
    if (!one.startsWith(prefix)) continue;
    const at = delimiter === "" ? -1 : one.indexOf(delimiter, prefix.length);
    if (at < 0) found.push(one);
    else prefixes.push(one.slice(0, at + delimiter.length));
  }
  return { found, prefixes: [...new Set(prefixes)] };
}

test("pages of any size list each key and each common prefix once, in order", () => {
  fc.assert(
    fc.property(
      fc.array(
        key.filter((one) => one !== ""),
        { maxLength: 25 },
      ),
      key,
      fc.constantFrom("", "/", "//", "a"),
      fc.integer({ min: 1, max: 7 }),
      (names, prefix, delimiter, limit) => {
        const keys = inOrder(names);
        const fetch = ({ key: after }: { key: string }, count: number) =>
          keys
            .filter(
              (one) => one.startsWith(prefix) && Buffer.compare(Buffer.from(one), Buffer.from(after)) > 0,
            )
            .slice(0, count)
            .map((one) => ({ key: one, seq: 0 }));
        const found: string[] = [];
        const prefixes: string[] = [];
        for (let after = { key: "", seq: 0 }; ; ) {
          const page = collect({ prefix, delimiter, limit, after }, fetch);
          assert.ok(page.found.length + page.prefixes.length <= limit);
          found.push(...page.found.map((entry) => entry.key));
          prefixes.push(...page.prefixes);
          if (!page.next) break;
          assert.equal(page.found.length + page.prefixes.length, limit, "a page that goes on is full");
          after = page.next;
        }
        assert.deepEqual({ found, prefixes }, whole(keys, prefix, delimiter));
      },
    ),
    { numRuns: 500 },
  );
});

test("a page of nothing has no next one", () => {
  const all = [{ key: "a", seq: 0 }];
  const page = collect({ prefix: "", delimiter: "", limit: 0, after: { key: "", seq: 0 } }, () => all);
  assert.deepEqual(page, { found: [], prefixes: [] });
});
