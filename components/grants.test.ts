import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { grantsSql, quoteIdentifier, sharedGrantsSql } from "./grants.ts";

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

test("users of several generations share a role that owns what they make", () => {
  const sql = sharedGrantsSql(
    [{ name: "app", user: "shop" }],
    [
      { user: "other", name: "other-2" },
      { user: "shop", name: "shop-2" },
    ],
  );
  assert.equal(
    sql,
    [
      "\\getenv administrator PGUSER",
      "\\getenv administrators_password PGPASSWORD",
      "\\setenv PGPASSWORD :administrators_password",
      '\\connect "app" :administrator',
      "SELECT 'CREATE ROLE \"shop_owner\"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_owner')",
      "\\gexec",
      'GRANT "shop_owner" TO CURRENT_USER;',
      `SELECT 'REASSIGN OWNED BY "shop" TO "shop_owner"' FROM pg_roles WHERE rolname = 'shop' AND NOT rolcanlogin AND pg_has_role(oid, 'USAGE')`,
      "\\gexec",
      'GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "app" TO "shop_owner";',
      'GRANT USAGE, CREATE ON SCHEMA public TO "shop_owner";',
      'GRANT "shop_owner" TO "shop-2";',
      'REVOKE ALL ON DATABASE "app" FROM "shop-2";',
      'REVOKE ALL ON SCHEMA public FROM "shop-2";',
      "\\getenv password LOGIN_PASSWORD_1",
      "\\setenv PGPASSWORD :password",
      '\\connect "app" "shop-2"',
      "SET ROLE NONE;",
      "SET lock_timeout = '5s';",
      'REASSIGN OWNED BY "shop-2" TO "shop_owner";',
      'ALTER ROLE "shop-2" IN DATABASE "app" SET role TO "shop_owner";',
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
