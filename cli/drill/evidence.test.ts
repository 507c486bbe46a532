import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { note, type Passed } from "./evidence.ts";

test("the last drill of each kind that passed stands in one file", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "evidence-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const drill = (more: Partial<Passed> = {}): Passed => ({
    engine: "pg",
    from: "backup",
    clusterName: "breakwater-prod-pg",
    clusterId: "c1",
    at: "2026-11-01T00:00:00Z",
    report: join(folder, "pg", "1.json"),
    sha256: "1",
    ...more,
  });
  const file = join(folder, "evidence.json");
  const found = () => JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, "{ cut off");
  note(folder, "prod", drill());
  note(folder, "prod", drill({ from: "dump" }));
  note(
    folder,
    "prod",
    drill({ at: "2026-11-08T00:00:00Z", report: join(folder, "pg", "2.json"), sha256: "2" }),
  );
  assert.deepEqual(found(), {
    version: 1,
    stack: "prod",
    passed: [
      { ...drill(), at: "2026-11-08T00:00:00Z", report: "pg/2.json", sha256: "2" },
      { ...drill({ from: "dump" }), report: "pg/1.json" },
    ],
  });
});
