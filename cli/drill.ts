import { join } from "node:path";
import { result as resultSchema } from "../runbooks/restore-drill/checks/result.ts";
import { apiOf } from "./api.ts";
import { options } from "./arguments.ts";
import { reason } from "./differences.ts";
import { idFor, nameFor, removeDrill, removeOrphans, watch } from "./drill/copy.ts";
import { drillReport, type Findings, formsOf } from "./drill/drill-report.ts";
import { earlier, historyOf, keep } from "./drill/history.ts";
import { assignmentOf, planOf } from "./drill/plan.ts";
import { backupsOf, choose, NoRestorePoint } from "./drill/point.ts";
import { type EngineName, engines, sourceOf, trustedSources } from "./drill/source.ts";
import { type DrillStack, openDrillStack } from "./drill/stack.ts";
import { messageOf, UserError } from "./errors.ts";
import { root } from "./places.ts";
import { capture, interruption, uninterrupted } from "./process.ts";
import { say, step } from "./progress.ts";
import { destination, publish, reportOptions } from "./report.ts";

/**
 * `npm run drill -- --stack S [--engine pg|mongodb] [--at TIME]`: restores a copy of the stack's cluster, checks it from inside the VPC,
 * measures RTO and RPO, and takes the copy away again, whatever happens. Reports; ends with 0 only when all of it passed.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run drill", args, {
    ...reportOptions,
    engine: { type: "string", default: "pg" },
    at: { type: "string" },
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
  const findings: Findings = {
    stack: given.stack,
    source,
    from: "backup",
    place: given["from-here"] ? "here" : "inside the VPC",
    orphans: [],
    seen: {
      decidedAt: new Date().toISOString(),
      objectives: source.objectives,
      canaryPeriodSeconds: source.canaryPeriodSeconds,
      progress: {},
      kept: given.keep,
      trusted: [],
    },
  };
  const { seen } = findings;
  const name = nameFor(idFor(source.clusterId), given.keep);
  const look = async () => seen.trusted.push(await trustedSources(api, source.clusterId));

  await uninterrupted(async () => {
    let stack: DrillStack | undefined;
    try {
      findings.orphans = await removeOrphans(api, source.clusterId);
      await look();
      seen.decidedAt = new Date().toISOString();
      seen.point = choose(await backupsOf(api, source.clusterId), given.at, new Date(seen.decidedAt));
      const about = {
        source,
        point: seen.point,
        id: idFor(source.clusterId),
        name,
        here: given["from-here"],
      };
      const rules = given["from-here"] ? (seen.trusted[0] ?? []) : undefined;
      stack = await openDrillStack(about.id, api, {
        plain: { plan: planOf(about, rules) },
        secret: { assignment: assignmentOf(about) },
      });
      await restoreAndCheck(stack);
      await look();
    } catch (error) {
      seen.end ??= endOf(error);
    } finally {
      stack?.remove();
      if (!given.keep)
        await step(`Taking ${name} away`, async () => {
          seen.cleanUp = await removeDrill(api, name);
          seen.destroyedAt = new Date().toISOString();
        }).catch((error) => {
          seen.end ??= { status: "failed", why: messageOf(error) };
        });
      await look().catch(() => undefined);
    }
  });

  async function restoreAndCheck(stack: DrillStack): Promise<void> {
    let ended = false;
    const watching = watch(api, name, seen.progress, () => ended);
    const started = Date.now();
    const up = await step(`Restoring ${source.clusterName} as ${name}`, () =>
      stack.run(["up", "--yes", "--skip-preview", "--non-interactive"], patience * 60_000),
    ).finally(() => {
      ended = true;
    });
    await watching;
    await look();
    if (up.code !== 0) {
      if (Date.now() - started >= patience * 60_000)
        seen.end = {
          status: "timed-out",
          why: `the copy was not restored and checked within ${patience} min (its status: ${seen.progress.status ?? "it was never seen"})`,
        };
      else throw new Error(reason(up.stdout + up.stderr));
      return;
    }
    const outputs = await stack.run(["stack", "output", "--json", "--show-secrets"]);
    const { result, assignment } = JSON.parse(outputs.stdout);
    seen.result = resultSchema.parse(JSON.parse(result ?? (await checkHere(String(assignment)))));
  }

  const folder = historyOf(given.stack, engine, given.history);
  const report = drillReport(findings, earlier(folder));
  say(`Kept: ${keep(folder, seen.decidedAt, formsOf(report))}`);
  publish(report, to);
  return report.verdict.status === "passed" ? 0 : 1;
}

/** The checks from this machine, in a process of their own. */
async function checkHere(assignment: string): Promise<string> {
  const { code, stdout, stderr } = await step("Checking the copy from here", () =>
    capture(process.execPath, [join(root, "runbooks", "restore-drill", "checks", "here.ts")], {
      env: { ...process.env, DRILL: assignment },
    }),
  );
  if (code !== 0) throw new Error(`the checks ended with ${code}: ${stderr.trim().split("\n").pop()}`);
  return stdout;
}

function endOf(error: unknown): NonNullable<Findings["seen"]["end"]> {
  const signal = interruption();
  if (signal) return { status: "aborted", why: `interrupted by ${signal}` };
  if (error instanceof NoRestorePoint) return { status: "failed", why: messageOf(error) };
  return { status: "aborted", why: messageOf(error) };
}
