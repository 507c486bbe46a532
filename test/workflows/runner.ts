import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { parse } from "yaml";

/**
 * As much of GitHub's runner as shows what our workflows do: the `run` steps of a job, in order, under the shell and with the
 * environment files that GitHub gives them. Steps that use an action are told to the caller, who does what is needed of them.
 */

export const folder = join(import.meta.dirname, "..", "..", ".github", "workflows");

export interface Step {
  name?: string;
  uses?: string;
  run?: string;
  if?: string;
  env?: Record<string, string>;
  with?: Record<string, string | number | boolean>;
}

export interface Job {
  name: string;
  needs?: string;
  if?: string;
  permissions?: Record<string, string>;
  environment?: string;
  env?: Record<string, string>;
  strategy?: { matrix: Record<string, unknown> };
  steps: Step[];
  "timeout-minutes"?: number;
}

export interface Workflow {
  name: string;
  on: Record<string, unknown>;
  permissions?: object;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  defaults?: { run: { shell: string } };
  jobs: Record<string, Job>;
}

export function workflow(name: string): Workflow {
  return parse(readFileSync(join(folder, `${name}.yml`), "utf8"));
}

export function job(file: string, id: string): Job {
  const found = workflow(file).jobs[id];
  if (!found) throw new Error(`${file}.yml has no job ${id}`);
  return found;
}

/** What expressions may refer to, such as `github`, `secrets` and `matrix`. */
export type Contexts = Record<string, object>;

export interface Outcome {
  name: string;
  result: "success" | "failure" | "skipped";
  output: string;
}

export interface Run {
  /** Of the job: `failure` when any step failed. */
  result: "success" | "failure";
  steps: Outcome[];
  /** What the steps wrote into `$GITHUB_STEP_SUMMARY`. */
  summary: string;
}

/** Runs a job's `run` steps in `cwd`, on top of the environment `env`. */
export async function runJob(
  { env: jobEnv, steps }: Job,
  { cwd, env, contexts }: { cwd: string; env: NodeJS.ProcessEnv; contexts: Contexts },
): Promise<Run> {
  const temporary = mkdtempSync(join(tmpdir(), "runner-"));
  const file = (name: string) => join(temporary, name);
  const variables: NodeJS.ProcessEnv = { ...env, CI: "true", GITHUB_ACTIONS: "true", RUNNER_TEMP: temporary };
  for (const name of ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"]) {
    writeFileSync(file(name), "");
    variables[name] = file(name);
  }
  try {
    const outcomes: Outcome[] = [];
    const failed = () => outcomes.some(({ result }) => result === "failure");
    for (const step of steps) {
      const name = step.name ?? step.uses ?? "?";
      if (!step.run) continue;
      if (!holds(step.if, failed(), contexts)) {
        outcomes.push({ name, result: "skipped", output: "" });
        continue;
      }
      const own = { ...filled(jobEnv, contexts), ...filled(step.env, contexts) };
      writeFileSync(file("step.sh"), step.run);
      const { code, output } = await bash(file("step.sh"), cwd, { ...variables, ...own });
      outcomes.push({ name, result: code === 0 ? "success" : "failure", output });
      Object.assign(variables, assignments(readFileSync(file("GITHUB_ENV"), "utf8")));
    }
    const summary = readFileSync(file("GITHUB_STEP_SUMMARY"), "utf8");
    return { result: failed() ? "failure" : "success", steps: outcomes, summary };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** As GitHub calls it for `shell: bash`. */
function bash(
  script: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const args = ["--noprofile", "--norc", "-eo", "pipefail", script];
    const child = spawn("bash", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Whether a condition holds. Without one of the status functions, a step runs only while none has failed. */
export function holds(condition: string | undefined, failed: boolean, contexts: Contexts): boolean {
  const status = {
    success: () => !failed,
    failure: () => failed,
    always: () => true,
    cancelled: () => false,
  };
  const asked = condition === undefined ? "success()" : expressionOf(condition);
  const mindsStatus = /\b(success|failure|always|cancelled)\(\)/.test(asked);
  return (mindsStatus || !failed) && Boolean(runInNewContext(asked, { ...status, ...contexts }));
}

const expressionOf = (condition: string) => /^\$\{\{(.*)\}\}$/s.exec(condition.trim())?.[1] ?? condition;

/** Values with their `${{ }}` filled in. A reference to nothing is empty, as at GitHub. */
export function filled(values: Record<string, unknown> = {}, contexts: Contexts): Record<string, string> {
  const fill = (text: string) =>
    text.replace(/\$\{\{(.*?)\}\}/g, (_, expression) =>
      String(runInNewContext(expression, { ...contexts }) ?? ""),
    );
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(String(value))]));
}

const assignments = (text: string) =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
