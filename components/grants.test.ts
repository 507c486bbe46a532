import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { grantsSql, quoteIdentifier } from "./grants.ts";

test("each user may connect to its database and create in it", () => {
  assert.equal(
    grantsSql([{ name: "app", user: "shop" }]),
    [
      '\\connect "app"',
      'GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "app" TO "shop";',
      'GRANT USAGE, CREATE ON SCHEMA public TO "shop";',
    ].join("\n"),
  );
});

test("no name ends its quotation", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      fc.pre(!name.includes("\0"));
      const quoted = quoteIdentifier(name);
      assert.equal(quoted.at(0), '"');
      assert.equal(quoted.at(-1), '"');
      const inside = quoted.slice(1, -1);
      assert.equal(inside.replaceAll('""', "").includes('"'), false);
      assert.equal(inside.replaceAll('""', '"'), name);
    }),
  );
  assert.throws(() => quoteIdentifier("a\0b"), RangeError);
});
