import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { importMember, withPassword } from "./database.ts";

test("a password goes into a URI so that it comes out again", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => text.isWellFormed()),
      (password) => {
        const uri = withPassword(
          "postgresql://old:gone@db.example:25060/defaultdb?sslmode=require",
          "doadmin",
          password,
        );
        const parsed = new URL(uri);
        assert.equal(decodeURIComponent(parsed.password), password);
        assert.equal(parsed.host, "db.example:25060");
      },
    ),
  );
  assert.equal(
    withPassword("mongodb+srv://doadmin@h/admin", "doadmin", "a$b"),
    "mongodb+srv://doadmin:a$b@h/admin",
  );
});

test("members are imported by cluster and name", () => {
  const read = importMember("database", (cluster, name) => `${cluster}/database/${name}`);
  assert.deepEqual(read("c,n"), { id: "c/database/n", state: { clusterId: "c", name: "n" } });
  assert.throws(() => read("c"), /<cluster id>,<name>/);
});
