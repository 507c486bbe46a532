import { apiOf } from "./api.ts";
import { options } from "./arguments.ts";
import { idFor, nameFor } from "./drill/copy.ts";
import { drillReport, type Findings, formsOf } from "./drill/drill-report.ts";
import { earlier, historyOf, keep } from "./drill/history.ts";
import { record } from "./drill/record.ts";
import { restore } from "./drill/restore.ts";
import { type EngineName, engines, mustBeServed, sourceOf } from "./drill/source.ts";
import { UserError } from "./errors.ts";
import { say } from "./progress.ts";
import { destination, publish, reportOptions } from "./report.ts";

/**
 * `npm run drill -- --stack S [--engine pg|mongodb] [--at TIME]`: restores a copy of the stack's cluster, checks it from inside the VPC,
 * measures RTO and RPO, and takes the copy away again, whatever happens. Reports; ends with 0 only when all of it passed.
 * With `--record` nothing is restored: what the cluster holds now is recorded, for later drills to compare with.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run drill", args, {
    ...reportOptions,
    engine: { type: "string", default: "pg" },
    at: { type: "string" },
    record: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    "from-here": { type: "boolean", default: false },
    patience: { type: "string", default: "180" },
    history: { type: "string" },
  });
  const to = destination(given);
  if (!(given.engine in engines))
    throw new UserError(`--engine is "${given.engine}"; allowed: ${Object.keys(engines).join(", ")}`);
  const patience = Number(given.patience);
  if (!(patience > 0))
    throw new UserError(`--patience is "${given.patience}": it must be a number of minutes`);
  const engine = given.engine as EngineName;
  const api = await apiOf(given.stack);
  const source = await sourceOf(given.stack, engine, api);
  await mustBeServed(given.stack, source, api);
  const id = idFor(source.clusterId);
  const about = { source, id, name: nameFor(id, given.keep), here: given["from-here"] };
  if (given.record) return record(api, about);

  const { seen, orphans } = await restore(api, about, { at: given.at, keep: given.keep, minutes: patience });
  const folder = historyOf(given.stack, engine, given.history);
  const place = about.here ? "here" : "inside the VPC";
  const findings: Findings = { stack: given.stack, source, from: "backup", place, orphans, seen };
  const report = drillReport(findings, earlier(folder));
  say(`Kept: ${keep(folder, seen.decidedAt, formsOf(report))}`);
  publish(report, to);
  return report.verdict.status === "passed" ? 0 : 1;
}
