import { type Call, type StoredTime, storedTime, timestamp } from "../../call.ts";
import type { Outcome, Stage } from "../../dataplane/apps/spec.ts";
import { newId } from "../../relations.ts";
import type { Saved } from "../../store.ts";
import { DEFAULT_SIZE, findSize } from "./catalog.ts";
import { doneIn, FAILED, type Phase, phaseAt, progressOf } from "./progress.ts";
import { componentsOf, type Spec } from "./spec.ts";

/** Builds and rollouts take 3 to 10 minutes on the platform; this is for a small one. */
const DEPLOY_SECONDS = 300;

export const DEPLOYMENT = "deployment";

export interface Deployment {
  cause: string;
  spec: Spec;
  /** When it is rolled out. */
  until: StoredTime;
  /** Milliseconds since the epoch. */
  canceled?: number;
  /** It ends in an error. */
  fails?: true;
  /** The deployment whose build it reuses. */
  cloned_from?: string;
  /** It starts these components anew, or all when there are none, and nothing else of the spec. */
  restarts?: string[];
  /** How it ended, when it ran; `at` is milliseconds since the epoch. */
  outcome?: Outcome & { at: number };
}

/** A deployment at one moment, among the others of its app. */
export interface Moment {
  deployment: Saved<Deployment>;
  phase: Phase;
  /** How much of its time has passed, 0 to 1. */
  done: number;
}

/** Starts a deployment of `spec`; what was still being deployed is superseded by it. */
export function startDeployment(
  call: Call<unknown>,
  app: string,
  spec: Spec,
  cause: string,
  more: Pick<Deployment, "cloned_from" | "restarts"> = {},
): Saved<Deployment> {
  const deployment: Saved<Deployment> = {
    kind: DEPLOYMENT,
    id: newId(),
    parent: app,
    name: cause,
    createdAt: call.now,
    cause,
    spec,
    until: storedTime(call.after(DEPLOY_SECONDS)),
    ...(call.fails && { fails: true }),
    ...more,
  };
  call.store.insert(deployment);
  return deployment;
}

/** Every deployment of an app, oldest first. */
export const deploymentsOf = (call: Call<unknown>, app: string): Saved<Deployment>[] =>
  call.store.list<Deployment>(DEPLOYMENT, app);

/** Whether it is to become live where apps run: not one whose end a fault decides. */
export const isToRun = ({ outcome, canceled, fails, until }: Deployment): boolean =>
  outcome === undefined && canceled === undefined && !fails && until !== null;

/** Every deployment of an app at the time of the call, newest first. */
export function timeline(call: Call<unknown>, app: string): Moment[] {
  const deployments = deploymentsOf(call, app);
  const { apps } = call.dataPlane;
  const moments: Moment[] = [];
  let isLive = false;
  for (let at = deployments.length - 1; at >= 0; at--) {
    const deployment = deployments[at];
    if (!deployment) continue;
    const runs = apps && isToRun(deployment) ? { stage: apps.stageOf(app, deployment.id) } : undefined;
    const moment = momentOf(deployment, deployments[at + 1]?.createdAt, isLive, call.now, runs);
    isLive ||= moment.phase === "ACTIVE";
    moments.push(moment);
  }
  return moments;
}

/** @param runs that it really runs and hasn't ended, and at which stage it is */
function momentOf(
  deployment: Saved<Deployment>,
  nextAt: number | undefined,
  isReplaced: boolean,
  now: number,
  runs: { stage: Stage | undefined } | undefined,
): Moment {
  const doneBy = (time: number) => Math.min(doneAt(deployment, time), runs ? doneIn(runs.stage) : 1);
  const stopped = Math.min(now, deployment.canceled ?? now, nextAt ?? now);
  const reached = doneBy(now) >= 1 && (nextAt === undefined || doneBy(nextAt) >= 1);
  if (deployment.canceled !== undefined) return { deployment, phase: "CANCELED", done: doneBy(stopped) };
  if (reached && deployment.fails) return { deployment, phase: "ERROR", done: FAILED };
  if (reached && deployment.outcome?.phase === "ERROR")
    return { deployment, phase: "ERROR", done: doneIn(deployment.outcome.stage) };
  if (reached) return { deployment, phase: isReplaced ? "SUPERSEDED" : "ACTIVE", done: 1 };
  const done = doneBy(stopped);
  return { deployment, phase: nextAt === undefined ? phaseAt(done) : "SUPERSEDED", done };
}

/** One that never gets ready stays in its build. */
const STALLED = 0.3;

/** What ran is not done before it ended, and nothing before its time. */
function doneAt({ createdAt, until, outcome }: Saved<Deployment>, time: number): number {
  if (time <= createdAt) return 0;
  const byTime = until === null ? STALLED : Math.min(1, (time - createdAt) / (until - createdAt));
  return outcome && time < outcome.at ? Math.min(byTime, doneIn("finishing")) : byTime;
}

export const isUnderWay = (phase: Phase): boolean =>
  ["PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING"].includes(phase);

export function deploymentView({ deployment, phase, done }: Moment): object {
  const { spec, createdAt, until, canceled, outcome } = deployment;
  const end = Math.max(until ?? createdAt + DEPLOY_SECONDS * 1000, outcome?.at ?? 0);
  const updated = canceled ?? Math.round(createdAt + done * (end - createdAt));
  const built = (components: { name: string }[] | undefined) => components?.map(({ name }) => ({ name }));
  return {
    id: deployment.id,
    spec,
    services: built(spec.services),
    static_sites: built(spec.static_sites),
    workers: built(spec.workers),
    jobs: built(spec.jobs),
    functions: built(spec.functions),
    phase,
    phase_last_updated_at: timestamp(updated),
    created_at: timestamp(createdAt),
    updated_at: timestamp(updated),
    cause: deployment.cause,
    cloned_from: deployment.cloned_from,
    progress: progressOf(spec, done, createdAt, end, phase === "ERROR", failureOf(deployment)),
    tier_slug: tierOf(spec),
  };
}

const failureOf = ({ outcome }: Deployment) => (outcome?.phase === "ERROR" ? outcome.failure : undefined);

/** The plan that an app's largest component puts it on. */
export const tierOf = (spec: Spec): string =>
  componentsOf(spec).some(
    ({ component }) => findSize(component.instance_size_slug ?? DEFAULT_SIZE)?.tier === "professional",
  )
    ? "professional"
    : "basic";
