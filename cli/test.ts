import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { run as runTests } from "node:test";
import { spec } from "node:test/reporters";
import { engine } from "./engine.ts";
import { UserError } from "./errors.ts";
import { root } from "./places.ts";

/** Tests beside their sources, and what crosses parts in `test/`. */
const everywhere =
  "{*.test.ts,{cli,components,examples,gateway,local,policies,program,runbooks,settings,test}/**/*.test.ts}";

/**
 * `npm test [-- PART ...]`: every test, or those whose path has PART in it. Sets up the engine first, since many tests run
 * programs on it. The last line is `N passed, N failed, N skipped`.
 */
export async function run(parts: string[]): Promise<number> {
  const all = globSync(everywhere, { cwd: root, exclude: ["**/node_modules/**"] }).sort();
  const files = parts.length > 0 ? all.filter((file) => parts.some((part) => file.includes(part))) : all;
  if (files.length === 0) throw new UserError(`no test file has ${parts.join(" or ")} in its path`);

  process.env.PATH = `${dirname(await engine())}:${process.env.PATH ?? ""}`;
  const count = { passed: 0, failed: 0, skipped: 0 };
  const stream = runTests({
    files: files.map((file) => join(root, file)),
    concurrency: 2,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  stream.on("test:pass", ({ details, skip }) => {
    if (details.type !== "suite") count[skip === undefined ? "passed" : "skipped"]++;
  });
  stream.on("test:fail", ({ details }) => {
    if (details.type !== "suite") count.failed++;
  });
  const report = stream.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await finished(report);
  process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
  return count.failed > 0 || count.passed === 0 ? 1 : 0;
}
