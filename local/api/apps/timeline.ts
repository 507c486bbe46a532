import { type Call, type StoredTime, storedTime, timestamp } from "../../call.ts";
import { newId } from "../../relations.ts";
import type { Saved } from "../../store.ts";
import { DEFAULT_SIZE, findSize } from "./catalog.ts";
import { FAILED, type Phase, phaseAt, progressOf } from "./progress.ts";
import { componentsOf, type Spec } from "./spec.ts";

/** Builds and rollouts take 3 to 10 minutes on the platform; this is for a small one. */
const DEPLOY_SECONDS = 300;

const DEPLOYMENT = "deployment";

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
  clonedFrom?: string,
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
    ...(clonedFrom !== undefined && { cloned_from: clonedFrom }),
  };
  call.store.insert(deployment);
  return deployment;
}

/** Every deployment of an app at the time of the call, newest first. */
export function timeline(call: Call<unknown>, app: string): Moment[] {
  const deployments = call.store.list<Deployment>(DEPLOYMENT, app);
  const moments: Moment[] = [];
  let isLive = false;
  for (let at = deployments.length - 1; at >= 0; at--) {
    const deployment = deployments[at];
    if (!deployment) continue;
    const moment = momentOf(deployment, deployments[at + 1]?.createdAt, isLive, call.now);
    isLive ||= moment.phase === "ACTIVE";
    moments.push(moment);
  }
  return moments;
}

function momentOf(
  deployment: Saved<Deployment>,
  nextAt: number | undefined,
  isReplaced: boolean,
  now: number,
): Moment {
  const stopped = Math.min(now, deployment.canceled ?? now, nextAt ?? now);
  const reached = doneAt(deployment, now) >= 1 && (nextAt === undefined || doneAt(deployment, nextAt) >= 1);
  if (deployment.canceled !== undefined)
    return { deployment, phase: "CANCELED", done: doneAt(deployment, stopped) };
  if (reached && deployment.fails) return { deployment, phase: "ERROR", done: FAILED };
  if (reached) return { deployment, phase: isReplaced ? "SUPERSEDED" : "ACTIVE", done: 1 };
  const done = doneAt(deployment, stopped);
  return { deployment, phase: nextAt === undefined ? phaseAt(done) : "SUPERSEDED", done };
}

/** One that never gets ready stays in its build. */
const STALLED = 0.3;

function doneAt({ createdAt, until }: Saved<Deployment>, time: number): number {
  if (time <= createdAt) return 0;
  return until === null ? STALLED : Math.min(1, (time - createdAt) / (until - createdAt));
}

export const isUnderWay = (phase: Phase): boolean =>
  ["PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING"].includes(phase);

export function deploymentView({ deployment, phase, done }: Moment): object {
  const { spec, createdAt, until, canceled } = deployment;
  const end = until ?? createdAt + DEPLOY_SECONDS * 1000;
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
    progress: progressOf(spec, done, createdAt, end, phase === "ERROR"),
    tier_slug: tierOf(spec),
  };
}

/** The plan that an app's largest component puts it on. */
export const tierOf = (spec: Spec): string =>
  componentsOf(spec).some(
    ({ component }) => findSize(component.instance_size_slug ?? DEFAULT_SIZE)?.tier === "professional",
  )
    ? "professional"
    : "basic";
