import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { globPattern, matchingFiles } from "./globs.ts";

test("globs stop at slashes, but for two stars", () => {
  assert.match("a.txt", globPattern("*.txt"));
  assert.doesNotMatch("b/a.txt", globPattern("*.txt"));
  assert.match("b/c/a.txt", globPattern("**.txt"));
  assert.match("x1", globPattern("x[0-9]"));
  assert.doesNotMatch("x1", globPattern("x[!0-9]"));
  assert.match("one.js", globPattern("{one,two}.?s"));
  assert.doesNotMatch("aXtxt", globPattern("a.txt"));
});

test("later globs take away", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "globs-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "sub"));
  for (const file of ["a.txt", "b.md", "sub/c.txt"]) writeFileSync(join(folder, file), "");
  assert.deepEqual(matchingFiles(folder, ["**", "!*.md"]), ["a.txt", "sub/c.txt"]);
});
