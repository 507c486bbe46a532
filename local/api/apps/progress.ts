import { timestamp } from "../../call.ts";
import type { Failure, Stage } from "../../dataplane/apps/spec.ts";
import { componentsOf, type Spec } from "./spec.ts";

export type Phase =
  | "PENDING_BUILD"
  | "BUILDING"
  | "PENDING_DEPLOY"
  | "DEPLOYING"
  | "ACTIVE"
  | "SUPERSEDED"
  | "ERROR"
  | "CANCELED";

/** The part of a deployment's whole time at which each phase begins. */
const PHASES: readonly (readonly [from: number, phase: Phase])[] = [
  [1, "ACTIVE"],
  [0.65, "DEPLOYING"],
  [0.6, "PENDING_DEPLOY"],
  [0.02, "BUILDING"],
  [0, "PENDING_BUILD"],
];

/** The phase when `done` (0 to 1) of the time has passed. */
export const phaseAt = (done: number): Phase => PHASES.find(([from]) => done >= from)?.[1] ?? "PENDING_BUILD";

interface Step {
  name: string;
  status: "PENDING" | "RUNNING" | "SUCCESS" | "ERROR";
  steps?: Step[];
  started_at?: string;
  ended_at?: string;
  component_name?: string;
  message_base?: string;
  reason?: Omit<Failure, "component">;
}

/** How much is done of a deployment that runs, at each stage; without one it is yet to begin. */
export const doneIn = (stage: Stage | undefined): number =>
  stage === undefined ? 0 : { building: 0.1, preparing: 0.7, starting: 0.85, finishing: 0.96 }[stage];

/** How far a deployment gets that fails: its containers start and never get healthy. */
export const FAILED = 0.85;

/**
 * The steps of a deployment as the platform shows them: build, then deploy, each component in both. In one that has
 * failed, the steps that were running are the ones in error; when it is known which component failed, those of the
 * others are as they were.
 */
export function progressOf(
  spec: Spec,
  done: number,
  start: number,
  end: number,
  hasFailed: boolean,
  failure?: Failure,
): object {
  const components = componentsOf(spec);
  const status = (from: number, to: number, component?: string): Step["status"] => {
    if (done >= to) return "SUCCESS";
    if (done < from || done === 0) return "PENDING";
    if (!hasFailed) return "RUNNING";
    const isOthers = failure && component !== undefined && component !== failure.component;
    if (!isOthers) return "ERROR";
    return done > from ? "SUCCESS" : "PENDING";
  };
  const at = (part: number) => timestamp(start + part * (end - start));
  const step = (name: string, from: number, to: number, more: Partial<Step> = {}): Step => {
    const state = status(from, to, more.component_name);
    const { code, message } = failure ?? {};
    return {
      name,
      status: state,
      ...more,
      ...(state === "ERROR" && more.component_name && code && message && { reason: { code, message } }),
      ...(state !== "PENDING" && { started_at: at(from) }),
      ...(state === "SUCCESS" && { ended_at: at(to) }),
    };
  };
  const steps = [
    step("build", 0.02, 0.6, {
      steps: [
        step("initialize", 0.02, 0.1),
        step("components", 0.1, 0.6, {
          steps: components.map(({ type, component: { name } }) =>
            step(name, 0.1, 0.6, { component_name: name, message_base: `Building ${type}` }),
          ),
        }),
      ],
    }),
    step("deploy", 0.65, 1, {
      steps: [
        step("initialize", 0.65, 0.7),
        step("components", 0.7, 0.95, {
          steps: components.map(({ type, component: { name } }) =>
            step(name, 0.7, 0.95, {
              component_name: name,
              steps: [
                step("deploy", 0.7, 0.8, { component_name: name, message_base: `Deploying ${type}` }),
                step("wait", 0.8, 0.95, { component_name: name, message_base: `Waiting for ${type}` }),
              ],
            }),
          ),
        }),
        step("finalize", 0.95, 1),
      ],
    }),
  ];
  const leaves = steps.flatMap(leavesOf);
  const count = (state: Step["status"]) => leaves.filter((leaf) => leaf.status === state).length;
  return {
    pending_steps: count("PENDING"),
    running_steps: count("RUNNING"),
    success_steps: count("SUCCESS"),
    error_steps: count("ERROR"),
    total_steps: leaves.length,
    steps,
    summary_steps: steps.map(({ steps: _, ...summary }) => summary),
  };
}

const leavesOf = (step: Step): Step[] => (step.steps?.length ? step.steps.flatMap(leavesOf) : [step]);
