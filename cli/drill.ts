import { dirname } from "node:path";
import { apiOf } from "./api.ts";
import { options } from "./arguments.ts";
import { idFor, nameFor } from "./drill/copy.ts";
import { drillReport, type Findings, formsOf } from "./drill/drill-report.ts";
import { dumpsOf } from "./drill/dumps.ts";
import { note } from "./drill/evidence.ts";
import { earlier, historyOf, keep } from "./drill/history.ts";
import { dump, record } from "./drill/record.ts";
import { restore } from "./drill/restore.ts";
import { type EngineName, engines, mustBeServed, sourceOf } from "./drill/source.ts";
import { UserError } from "./errors.ts";
import { say } from "./progress.ts";
import { destination, publish, reportOptions } from "./report.ts";
import { isLocal } from "./stack.ts";

/**
 * `npm run drill -- --stack S [--engine pg|mongodb|valkey] [--from backup|dump] [--at TIME]`: restores a copy of the stack's cluster, checks it from inside the VPC,
 * measures RTO and RPO, and takes the copy away again, whatever happens. Reports; ends with 0 only when all of it passed.
 * Of a cache, which has no backups, it brings the product up on an empty one.
 * With `--record` nothing is restored: what the cluster holds now is recorded, for later drills to compare with; with `--dump` it is dumped.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run drill", args, {
    ...reportOptions,
    engine: { type: "string", default: "pg" },
    at: { type: "string" },
    from: { type: "string", default: "backup" },
    record: { type: "boolean", default: false },
    dump: { type: "boolean", default: false },
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
  if (given.from !== "backup" && given.from !== "dump")
    throw new UserError(`--from is "${given.from}"; allowed: backup, dump`);
  const senseless =
    given.at ?? (given.record || given.dump || given["from-here"] || given.keep || given.from === "dump");
  if (engine === "valkey" && senseless)
    throw new UserError(
      "a cache has no backups: its drill takes none of --at, --from, --record, --dump, --keep, --from-here",
    );
  const from = engine === "valkey" ? "empty" : given.from;
  if (given.record && given.dump) throw new UserError("--record and --dump exclude each other");
  const api = await apiOf(given.stack);
  const source = await sourceOf(given.stack, engine, api);
  await mustBeServed(given.stack, source, api);
  const id = idFor(source.clusterId);
  const about = { source, id, name: nameFor(id, given.keep), here: given["from-here"] };
  if (given.record) return record(api, about);
  if (given.dump) return dump(api, about, given.stack);

  const { at, keep: kept } = given;
  const dumps = from === "dump" ? await dumpsOf(given.stack, source) : undefined;
  const { seen, orphans } = await restore(api, about, {
    at,
    dumps,
    mayBackUp: isLocal(given.stack),
    keep: kept,
    minutes: patience,
  });
  const folder = historyOf(given.stack, engine, given.history);
  const place = about.here ? "here" : "inside the VPC";
  const findings: Findings = { stack: given.stack, source, from, place, name: about.name, orphans, seen };
  const report = drillReport(findings, earlier(folder));
  const file = keep(folder, seen.decidedAt, formsOf(report));
  say(`Kept: ${file}`);
  publish(report, to);
  if (report.verdict.status !== "passed") return 1;
  note(dirname(folder), given.stack, {
    engine,
    from,
    clusterName: source.clusterName,
    clusterId: source.clusterId,
    at: seen.decidedAt,
    recoveryPoint: seen.result?.canary?.newest,
    report: file,
    sha256: report.integrity.sha256,
  });
  return 0;
}
