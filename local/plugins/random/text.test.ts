import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkText, randomText } from "./text.ts";

const kinds = { minLower: /[a-z]/g, minUpper: /[A-Z]/g, minNumeric: /[0-9]/g, minSpecial: /[^a-zA-Z0-9]/g };
const least = fc.nat(4);

test("every string has its length and its minima, and nothing that isn't allowed", () => {
  fc.assert(
    fc.property(
      least,
      least,
      least,
      least,
      fc.nat(10),
      (minLower, minUpper, minNumeric, minSpecial, more) => {
        const minima = { minLower, minUpper, minNumeric, minSpecial };
        const length = minLower + minUpper + minNumeric + minSpecial + more + 1;
        assert.deepEqual(checkText({ ...minima, length }), []);
        const text = randomText({ ...minima, length, overrideSpecial: "_" });
        assert.match(text, /^[a-zA-Z0-9_]*$/);
        assert.equal(text.length, length);
        for (const [name, kind] of Object.entries(kinds)) {
          assert.ok(
            (text.match(kind) ?? []).length >= minima[name as keyof typeof minima],
            `${text}: ${name}`,
          );
        }
      },
    ),
  );
});

test("what is switched off doesn't occur", () => {
  const text = randomText({ length: 500, lower: true, upper: false, numeric: false, special: false });
  assert.match(text, /^[a-z]+$/);
});

test("characters are equally likely", () => {
  const counts = new Map<string, number>();
  for (const digit of randomText({
    length: 20_000,
    lower: false,
    upper: false,
    special: false,
    numeric: true,
  })) {
    counts.set(digit, (counts.get(digit) ?? 0) + 1);
  }
  // Nine degrees of freedom: 40 is exceeded by chance about once in a hundred thousand runs.
  const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  assert.ok(counts.size === 10 && chiSquared < 40, `${chiSquared}`);
});

test("demands that contradict each other are named", () => {
  assert.match(checkText({ length: 3, minUpper: 4 })[0]?.reason ?? "", /4/);
  assert.match(
    checkText({ length: 3, lower: false, upper: false, special: false, number: false })[0]?.reason ?? "",
    /no kind/,
  );
  assert.match(checkText({ length: 3, numeric: true, number: false })[0]?.reason ?? "", /numeric/);
});
