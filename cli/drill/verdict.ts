import type { Result } from "../../runbooks/restore-drill/checks/result.ts";
import type { CleanUp, Progress } from "./copy.ts";
import type { RestorePoint } from "./point.ts";
import type { TrustedSource } from "./source.ts";

/** From what was seen in a drill to what it proves. */

export type Status = "passed" | "failed" | "timed-out" | "aborted" | "undecided";

/** Everything that a drill has seen. Times are ISO 8601 in UTC. */
export interface Seen {
  /** T0: the decision to restore. */
  decidedAt: string;
  objectives: { rtoMinutes: number; rpoMinutes: number };
  canaryPeriodSeconds: number;
  point?: RestorePoint;
  progress: Progress;
  result?: Result;
  /** Why there is no tick in the restored data. */
  noTick?: string;
  destroyedAt?: string;
  cleanUp?: CleanUp;
  kept: boolean;
  /** Production's trusted sources before, during and after. */
  trusted: (TrustedSource[] | undefined)[];
  /** What ended the drill early. */
  end?: { status: Exclude<Status, "passed">; why: string };
}

/** A span in seconds; undefined when one of its ends was not reached. */
type Seconds = number | undefined;

export interface Measured {
  /** Decision to the last check passed: what the objective is about. */
  rtoSeconds: Seconds;
  /** Decision to the first query that was answered over verified TLS. */
  firstQuerySeconds: Seconds;
  parts: {
    /** Decision until the platform had been asked: Pulumi's own start. */
    asking: Seconds;
    /** Until the control plane said `online`. */
    restore: Seconds;
    /** Until the copy's trusted sources were set: mostly the provider's wait for its next look, every 15 s. */
    closing: Seconds;
    /** Until the copy let the checks in: the throwaway app's deployment. */
    reaching: Seconds;
    /** Until the first query: a dump was restored into the copy. Hardly anything after a restored backup. */
    loading: Seconds;
    recovery: Seconds;
    checks: Seconds;
  };
  /** Incident to the newest tick in the copy: what a disaster at that moment loses. */
  rpoSeconds: Seconds;
  /** Target to the newest tick: how exactly the point in time was met, to the canary's period. */
  beforeTargetSeconds: Seconds;
  /** Ticks that the source has after that. */
  ticksLost: number | undefined;
}

export function measure({ decidedAt, progress, result, point }: Seen): Measured {
  const newest = result?.canary?.newest;
  return {
    rtoSeconds: span(decidedAt, result?.firstQueryAt && result.finishedAt),
    firstQuerySeconds: span(decidedAt, result?.firstQueryAt),
    parts: {
      asking: span(decidedAt, progress.orderedAt),
      restore: span(progress.orderedAt, progress.onlineAt),
      closing: span(progress.onlineAt, progress.closedAt),
      reaching: span(progress.closedAt, result?.reachedAt),
      loading: span(result?.reachedAt, result?.firstQueryAt),
      recovery: span(result?.firstQueryAt, result?.recoveredAt),
      checks: span(result?.recoveredAt, result?.finishedAt),
    },
    rpoSeconds: span(newest, point?.incident.toISOString()),
    beforeTargetSeconds: span(newest, point?.target.toISOString()),
    ticksLost: result?.canary?.lost,
  };
}

function span(from: string | undefined, to: string | undefined): Seconds {
  if (from === undefined || to === undefined) return undefined;
  return Math.round(Date.parse(to) - Date.parse(from)) / 1000;
}

export interface Verdict {
  status: Status;
  /** Why it did not pass, one line each. */
  reasons: string[];
  /** Whether each objective was met, and by how many minutes; undefined when it could not be measured. */
  objectives: Record<"rto" | "rpo", { minutes: number; met: boolean; marginMinutes: number } | undefined>;
}

export function judge(seen: Seen): Verdict {
  const { rtoSeconds, rpoSeconds } = measure(seen);
  const objectives = {
    rto: compared(seen.objectives.rtoMinutes, rtoSeconds),
    rpo: compared(seen.objectives.rpoMinutes, rpoSeconds),
  };
  const failures = [
    ...(seen.result?.checks ?? []).flatMap(({ name, outcome, why }) =>
      outcome === "failed" ? [`${name}: ${why ?? "failed"}`] : [],
    ),
    ...(["rto", "rpo"] as const).flatMap((name) => {
      const objective = objectives[name];
      return objective && !objective.met
        ? [
            `${name.toUpperCase()} missed by ${-objective.marginMinutes} min (objective: ${objective.minutes} min)`,
          ]
        : [];
    }),
    ...untouched(seen.trusted),
    ...cleaned(seen),
  ];
  if (seen.end) return { status: seen.end.status, reasons: [seen.end.why, ...failures], objectives };
  if (failures.length > 0) return { status: "failed", reasons: failures, objectives };
  const undecided = (seen.result?.checks ?? []).flatMap(({ name, outcome, why, numbers }) =>
    outcome === "not tested" && (needed.has(name) || Number(numbers.doubtful) > 0)
      ? [`${name}: ${why ?? "not tested"}`]
      : [],
  );
  if (seen.noTick) undecided.push(seen.noTick);
  if (!seen.result) undecided.push("the checks left no result");
  return { status: undecided.length > 0 ? "undecided" : "passed", reasons: undecided, objectives };
}

/** Checks without which a drill proves nothing. */
const needed = new Set(["recovery point", "full read", "the product on an empty cache"]);

function compared(minutes: number, seconds: Seconds) {
  if (seconds === undefined) return undefined;
  const marginMinutes = Math.round((minutes - seconds / 60) * 100) / 100;
  return { minutes, met: marginMinutes >= 0, marginMinutes };
}

function untouched(trusted: Seen["trusted"]): string[] {
  const [before, ...later] = trusted.map((sources) => JSON.stringify(sources));
  return later.some((sources) => sources !== before)
    ? ["production's trusted sources are not what they were when the drill began"]
    : [];
}

function cleaned({ cleanUp, kept, progress }: Seen): string[] {
  if (kept || progress.clusterId === undefined) return [];
  return cleanUp?.cluster === 404 && cleanUp.firewall === 404 && (cleanUp.app ?? 404) === 404
    ? []
    : ["the copy is not proven to be gone: look for it in the control panel"];
}
