import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { holds, job, type Run, runJob } from "./runner.ts";

/** The scheduled drill. What `npm run drill` does is tested where it lives; here stands something in its place that ends as told. */
describe("the scheduled drill", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "drill-run-"));
    mkdirSync(join(folder, "bin"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(code: number): Promise<Run> {
    const npm = join(folder, "bin", "npm");
    const lines = [
      "#!/bin/sh",
      'case "$*" in *" drill "*) ;; *) exit 0 ;; esac',
      'echo "$@" > arguments',
      'echo "$DIGITALOCEAN_TOKEN" > token',
      'echo "# Restore drill" > report/drill.md',
      `exit ${code}`,
    ];
    writeFileSync(npm, `${lines.join("\n")}\n`);
    chmodSync(npm, 0o755);
    return runJob(job("drill", "drill"), {
      cwd: folder,
      env: { PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}` },
      contexts: {
        github: { ref: "refs/heads/main", run_id: 1, run_attempt: 1 },
        matrix: { stack: "prod", engine: "mongodb" },
        secrets: { DIGITALOCEAN_TOKEN: "of the drill" },
      },
    });
  }

  test("a drill that passes has its report in the summary", async () => {
    const { result, summary } = await run(0);
    assert.equal(result, "success");
    assert.match(summary, /# Restore drill/);
    const given = readFileSync(join(folder, "arguments"), "utf8");
    assert.match(given, /--stack prod --engine mongodb/);
    assert.match(given, /--history history .*--out report\/drill\.json --out report\/drill\.md/);
    assert.equal(readFileSync(join(folder, "token"), "utf8").trim(), "of the drill");
  });

  test("one that does not pass fails the run, and its report is there all the same", async () => {
    const { result, summary, steps } = await run(1);
    assert.equal(result, "failure");
    assert.match(summary, /# Restore drill/);
    assert.equal(steps.find(({ name }) => name === "Drill")?.result, "failure");
    assert.ok(existsSync(join(folder, "report")));
  });

  test("it runs on the default branch alone, and ends before its job does", () => {
    const { if: condition, "timeout-minutes": minutes = 0, steps } = job("drill", "drill");
    assert.equal(holds(condition, false, { github: { ref: "refs/heads/main" } }), true);
    assert.equal(holds(condition, false, { github: { ref: "refs/heads/other" } }), false);
    const patience = Number(/--patience (\d+)/.exec(steps.map((step) => step.run).join())?.[1]);
    assert.ok(patience > 0 && patience <= minutes - 20);
  });
});
