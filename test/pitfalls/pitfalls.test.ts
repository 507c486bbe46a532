import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** The rows of docs/pitfalls.md, each with the tests that it names. */
const rows = read("docs/pitfalls.md")
  .split("\n")
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => ({ number: Number(line.split("|")[1]), line }));

test("all 33 are there", () => {
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 33 }, (_, index) => index + 1),
  );
});

test("every test that is named exists", () => {
  for (const { number, line } of rows) {
    const named = [...line.matchAll(/`([\w./-]+\.test\.ts)`: (.*?)(?=<br>| \|$)/g)];
    assert.ok(named.length > 0, `${number} names no test`);
    for (const [, file = "", name = ""] of named)
      assert.ok(
        read(file).includes(`test(${JSON.stringify(name)}`),
        `${number}: ${file} has no test "${name}"`,
      );
  }
});

test("what no component may use, none uses", () => {
  const files = globSync(["components/*.ts", "program/**/*.ts", "index.ts"], { cwd: root });
  const sources = files.filter((file) => !file.endsWith(".test.ts"));
  assert.ok(sources.length > 20);
  for (const file of sources)
    assert.doesNotMatch(read(file), /new digitalocean\.(DatabaseReplica|DatabaseRedisConfig)\b/, file);
});
