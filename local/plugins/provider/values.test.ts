import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyValue } from "./testing.ts";
import { decode, encode, inherited, type Secrets, unite } from "./values.ts";

const bags = fc
  .dictionary(fc.constantFrom("one", "two", "three"), anyValue)
  .chain((values) =>
    fc.tuple(
      fc.constant(values),
      fc.dictionary(fc.constantFrom(...Object.keys(values), "absent"), fc.constant(true)),
    ),
  );

test("values and their secrets come back from the wire as they went", () => {
  fc.assert(
    fc.property(bags, ([values, secrets]) => {
      const back = decode(encode({ values, secrets }));
      assert.deepEqual(back.values, { ...values });
      const named = Object.keys(secrets).filter((name) => name in values);
      assert.deepEqual(
        back.secrets,
        named.length > 0 && Object.fromEntries(named.map((name) => [name, true])),
      );
    }),
  );
});

test("a secret is wrapped wherever it lies, and nothing else is", () => {
  const wire = encode({
    values: { list: [{ key: "a", value: "s" }], plain: "p" },
    secrets: { list: { 0: { value: true } } },
  });
  const text = JSON.stringify(wire.toJavaScript());
  assert.match(
    text,
    /"value":\{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":"s"\}/,
  );
  assert.equal(text.match(/4dabf/g)?.length, 1);
});

test("outputs inherit secrets by name: objects property by property, arrays as a whole", () => {
  const from = { object: { a: "1", b: "2" }, array: [{ a: "1" }, { a: "2" }], gone: "3" };
  const secrets: Secrets = { object: { b: true }, array: { 1: { a: true } }, gone: true };
  const outputs = { object: { a: "1", b: "2" }, array: [{ a: "2" }], other: "4" };
  assert.deepEqual(inherited(outputs, secrets, from), { object: { b: true }, array: true });
});

test("what is secret in either is secret in both together", () => {
  assert.deepEqual(unite({ a: true }, { b: { c: true } }), { a: true, b: { c: true } });
  assert.equal(unite({ a: true }, true), true);
  assert.equal(unite(false, undefined), false);
});
