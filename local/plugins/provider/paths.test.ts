import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatPath, isWithin, parsePath, withPart } from "./paths.ts";

const names = fc.string({ minLength: 1 }).filter((name) => !name.includes("\\") && name !== "*");
const paths = fc
  .tuple(names, fc.array(fc.oneof(names, fc.nat(20)), { maxLength: 4 }))
  .map(([first, rest]) => [first, ...rest]);

test("a path that was written reads back", () => {
  fc.assert(fc.property(paths, (path) => assert.deepEqual(parsePath(formatPath(path)), path)));
});

test("a pattern covers what lies within it, and * any one step", () => {
  const path = parsePath("spec.services[1].envs[0].value");
  assert.ok(isWithin(path, parsePath("spec.services[*].envs")));
  assert.ok(!isWithin(path, parsePath("spec.services[0]")));
  assert.ok(!isWithin(parsePath("spec"), path));
});

test("an ignored part takes its old value, or goes when there was none", () => {
  const now = {
    list: [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
    plain: "now",
  };
  const old = { list: [{ a: 9, b: 9 }], plain: "old" };
  assert.deepEqual(withPart(now, old, parsePath("list[0].a")), {
    ...now,
    list: [
      { a: 9, b: 2 },
      { a: 3, b: 4 },
    ],
  });
  assert.deepEqual(withPart(now, old, parsePath("list[*].a")), { ...now, list: [{ a: 9, b: 2 }, { b: 4 }] });
  assert.deepEqual(withPart(now, {}, parsePath("plain")), { list: now.list });
});
