import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { settingsOf } from "./configuration.ts";
import { proofsIn } from "./evidence.ts";

const folder = mkdtempSync(join(tmpdir(), "breakwater evidence-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "evidence.json");
const passed = [
  { engine: "pg", from: "backup", clusterName: "shop", at: "2026-11-01T03:00:00Z", report: "pg/1.json" },
  { engine: "pg", from: "backup" },
  null,
];

test("what a drill wrote is read, and entries that say too little are left out", () => {
  writeFileSync(file, JSON.stringify({ version: 1, stack: "prod", passed }));
  const proof = { engine: "pg", from: "backup", clusterName: "shop", on: "2026-11-01" };
  assert.deepEqual(proofsIn(file), [proof]);
  const settings = settingsOf({ "policies:evidence": file }, "prod", new Date(), proofsIn);
  assert.deepEqual([settings.proofs, settings.problems], [[proof], []]);
});

test("a relative path is looked for above the pack", () => {
  assert.deepEqual(proofsIn("of-no-drill/evidence.json"), []);
});

test("a file of something else is a mistake, and one that is not there is none", () => {
  for (const text of ["{", "[]", '{ "version": 2, "passed": [] }', '{ "version": 1 }']) {
    writeFileSync(file, text);
    assert.equal(proofsIn(file), undefined, text);
  }
  const { problems } = settingsOf({ "policies:evidence": file }, "prod", new Date(), proofsIn);
  assert.deepEqual(problems, [{ key: "policies:evidence", wrong: "names a file that no drill has written" }]);
  assert.deepEqual(
    settingsOf({ "policies:evidence": `${file}.not` }, "prod", new Date(), proofsIn).problems,
    [],
  );
});
