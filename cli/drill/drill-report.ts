import { userInfo } from "node:os";
import { type Block, type Report, render } from "../report.ts";
import type { Thing } from "./copy.ts";
import type { Passed } from "./evidence.ts";
import { type Earlier, type Integrity, seal, type Trend, trendOf } from "./history.ts";
import type { Source } from "./source.ts";
import { judge, type Measured, measure, type Seen, type Verdict } from "./verdict.ts";

/** The report of a drill: what was done, measured and found, what was not tested, and what proves it. */

export interface Findings {
  stack: string;
  source: Pick<Source, "engine" | "clusterName" | "clusterId" | "version" | "size" | "region">;
  from: Passed["from"];
  place: "inside the VPC" | "here";
  /** Name of the copy, and of all else that was made. */
  name: string;
  seen: Seen;
  orphans: readonly Thing[];
}

export interface DrillReport extends Report {
  verdict: Verdict;
  integrity: Integrity;
}

export function drillReport(findings: Findings, before: readonly Earlier[]): DrillReport {
  const { stack, source, from, place, name, seen, orphans } = findings;
  const verdict = judge(seen);
  const measured = measure(seen);
  const trend = trendOf(before, measured.rtoSeconds);
  const body = {
    version: 1,
    stack,
    source: toldOf(source),
    from,
    checkedFrom: place,
    status: verdict.status,
    reasons: verdict.reasons,
    decidedAt: seen.decidedAt,
    measured,
    objectives: verdict.objectives,
    recoveryPoint: seen.point && {
      target: seen.point.target.toISOString(),
      incident: seen.point.incident.toISOString(),
      ...("dumps" in seen.point
        ? { dumps: seen.point.dumps }
        : {
            requested: seen.point.requested,
            listedBackup: seen.point.listed,
            backup: seen.point.backup,
          }),
      achieved: seen.result?.canary?.newest,
      resolutionSeconds: seen.canaryPeriodSeconds,
    },
    times: {
      T0_decided: seen.decidedAt,
      ordered: seen.progress.orderedAt,
      T1_online: seen.progress.onlineAt,
      closed: seen.progress.closedAt,
      T2_firstQuery: seen.result?.firstQueryAt,
      T3_recovered: seen.result?.recoveredAt,
      T4_checked: seen.result?.finishedAt,
      T5_destroyed: seen.destroyedAt,
    },
    checks: seen.result?.checks ?? [],
    contents: seen.result?.contents ?? {},
    canary: seen.result?.canary,
    evidence: {
      by: userInfo().username,
      tool: "breakwater 0.1.0",
      node: process.version,
      serverVersion: seen.result?.serverVersion,
      copy: { name, clusterId: seen.progress.clusterId, lastStatus: seen.progress.status, kept: seen.kept },
      cleanUp: seen.cleanUp,
      orphansRemoved: orphans.map(({ kind, name }) => `${kind} ${name}`),
      productionTrustedSources: seen.trusted,
    },
    trend,
  };
  const integrity = seal(body, before.at(-1)?.sha256);
  const title = `Restore drill of ${source.clusterName} (${source.engine}) in stack ${stack}: ${verdict.status}`;
  return {
    title,
    verdict,
    integrity,
    data: { ...body, integrity },
    blocks: blocksOf(findings, verdict, measured, trend, integrity),
  };
}

/** What may be told of a source, which has passwords and keys beside it. */
const toldOf = ({ engine, clusterName, clusterId, version, size, region }: Findings["source"]) => ({
  engine,
  clusterName,
  clusterId,
  version,
  size,
  region,
});

function blocksOf(
  findings: Findings,
  { reasons, objectives }: Verdict,
  measured: Measured,
  trend: Trend,
  integrity: Integrity,
): Block[] {
  const { seen, place, from, orphans } = findings;
  const { parts } = measured;
  const rpo = objectiveRow(
    "RPO: newest restored moment until the incident",
    measured.rpoSeconds,
    objectives.rpo,
  );
  const loading = [["the dump is restored into it", shown(parts.loading)]];
  const blocks: Block[] = [];
  if (reasons.length > 0) blocks.push({ list: reasons });
  blocks.push(
    { heading: "Objectives" },
    {
      columns: ["what", "measured", "objective", "met", "margin"],
      rows: [
        objectiveRow(
          "RTO: decision to restore until all checks have passed",
          measured.rtoSeconds,
          objectives.rto,
        ),
        ...(from === "empty" ? [] : [rpo]),
      ],
      numbers: ["measured", "objective", "margin"],
    },
    { heading: "Where the time went" },
    {
      columns: ["part", "seconds"],
      rows: [
        ["the platform is asked for the copy (Pulumi starts)", shown(parts.asking)],
        ["it restores the copy", shown(parts.restore)],
        ["its firewall is set (the provider looks every 15 s)", shown(parts.closing)],
        [`it is reached ${place}`, shown(parts.reaching)],
        ...(from === "dump" ? loading : []),
        ["recovery ends", shown(parts.recovery)],
        ["checks", shown(parts.checks)],
        ["decision to first query", shown(measured.firstQuerySeconds)],
      ],
      numbers: ["seconds"],
    },
    { heading: "Recovery point" },
    { list: pointLines(findings, measured) },
    { heading: "Checks" },
    {
      columns: ["check", "outcome", "numbers", "seconds", "why"],
      rows: (seen.result?.checks ?? []).map(({ name, outcome, numbers, seconds, why = "" }) => [
        name,
        outcome,
        Object.entries(numbers)
          .map(([key, value]) => `${key} ${value}`)
          .join(", "),
        seconds.toFixed(3),
        why,
      ]),
      numbers: ["seconds"],
    },
    { heading: "Evidence" },
    { list: evidenceLines(seen, orphans, trend, integrity) },
  );
  return blocks;
}

function objectiveRow(
  what: string,
  seconds: number | undefined,
  objective: Verdict["objectives"]["rto"],
): string[] {
  if (!objective) return [what, "not measured", "", "undecided", ""];
  const { minutes, met, marginMinutes } = objective;
  return [what, `${shown(seconds)} s`, `${minutes} min`, met ? "yes" : "no", `${marginMinutes} min`];
}

function pointLines(
  { seen: { point, canaryPeriodSeconds }, source }: Findings,
  measured: Measured,
): string[] {
  if (!point) return [source.engine === "valkey" ? "none: a cache has no backups" : "none was chosen"];
  if ("dumps" in point)
    return [
      ...point.dumps.map(
        ({ database, startedAt, file, consistency }) =>
          `the dump of ${database} as of ${startedAt} (${file.bytes} bytes, consistency: ${consistency})`,
      ),
      `incident: ${point.incident.toISOString()}`,
      `ticks of production after it: ${measured.ticksLost ?? "unknown"}`,
    ];
  const kind = point.listed ? "a listed backup" : "a point in time";
  return [
    `${kind}: ${point.target.toISOString()}, from the backup of ${point.backup.createdAt} (${point.backup.gib} GiB)`,
    `incident: ${point.incident.toISOString()}`,
    measured.beforeTargetSeconds === undefined
      ? "newest restored tick: none"
      : `newest restored tick: ${shown(measured.beforeTargetSeconds)} s before the target (resolution ${canaryPeriodSeconds} s)`,
    `ticks of production after it: ${measured.ticksLost ?? "unknown"}`,
  ];
}

function evidenceLines(seen: Seen, orphans: readonly Thing[], trend: Trend, integrity: Integrity): string[] {
  const { cleanUp = {}, kept, progress } = seen;
  const gone = Object.entries(cleanUp).map(([what, status]) => `${what} ${status}`);
  return [
    kept
      ? `the copy is kept and costs money: cluster ${progress.clusterId ?? "(none was made)"}`
      : `clean-up: ${gone.length > 0 ? `${gone.join(", ")} (HTTP)` : "nothing had been made"}`,
    `production's trusted sources, looked at ${seen.trusted.length} times: ${new Set(seen.trusted.map((each) => JSON.stringify(each))).size === 1 ? "always the same" : "CHANGED"}`,
    ...(orphans.length > 0
      ? [`removed what killed drills had left: ${orphans.map(({ name }) => name).join(", ")}`]
      : []),
    trend.usualRtoSeconds === undefined
      ? `earlier drills that passed: none of ${trend.drills}`
      : `earlier drills: ${trend.drills}, usual RTO ${shown(trend.usualRtoSeconds)} s${trend.slower ? ": THIS ONE WAS MUCH SLOWER" : ""}`,
    `SHA-256 ${integrity.sha256}${integrity.signature ? ", signed" : ", not signed (BREAKWATER_DRILL_KEY)"}`,
  ];
}

const shown = (seconds: number | undefined) => (seconds === undefined ? "not reached" : seconds.toFixed(1));

export const formsOf = (report: Report) => ({ json: render(report, "json"), md: render(report, "markdown") });
