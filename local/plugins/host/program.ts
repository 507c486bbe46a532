/** Running a Pulumi program through the SDK's own runner, `@pulumi/pulumi/cmd/run`. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire, getCompileCacheDir } from "node:module";
import { dirname, join } from "node:path";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb.js";
import { type RuntimeOptions, runtimeOptions } from "./options.ts";

/** The runner's way to say that it has shown the user what is wrong already. */
const alreadyReported = 32;
/** How long a program gets to end after an interrupt, in milliseconds: the official host's. */
const grace = 5000;

/** How a run ended, as the engine's RunResponse: `bail` is an error that needs no further word. */
export interface RunResult {
  readonly error: string;
  readonly bail: boolean;
}

/** Runs the program of `request` to its end. Throws, naming the remedy, when the SDK isn't installed. */
export async function runProgram(
  request: RunRequest,
  engine: string,
  signal: AbortSignal,
): Promise<RunResult> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() || request.getPwd();
  const options = runtimeOptions(info);
  const runner = locate(
    process.env.PULUMI_LANGUAGE_NODEJS_RUN_PATH || "@pulumi/pulumi/cmd/run",
    folder,
    "pulumi install",
  );
  const child = spawn(process.execPath, [...options.nodeargs, runner, ...runnerArguments(request, engine)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...programEnvironment(options),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(configEntries(request))),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  let outOfMemory = false;
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  child.stderr.on("data", (chunk: Buffer) => {
    outOfMemory ||= chunk.includes("<--- Last few GCs --->");
  });
  const { code, signal: killedBy } = await ended(child, signal);
  if (code === 0) return { error: "", bail: false };
  if (code === alreadyReported) return { error: "", bail: true };
  const how =
    code === null ? `Program was ended by ${killedBy}` : `Program exited with non-zero exit code: ${code}`;
  return { error: outOfMemory ? `${how}. ${memoryAdvice}` : how, bail: false };
}

const memoryAdvice =
  "It seems to have run out of memory: raise the limit with `nodeargs: --max-old-space-size=<megabytes>` under runtime.options in Pulumi.yaml";

/** The environment that both runners read. Compiled code is cached: it takes the most of a small program's time. */
export function programEnvironment(options: RuntimeOptions): NodeJS.ProcessEnv {
  const cache = process.env.NODE_COMPILE_CACHE || dirname(getCompileCacheDir() ?? "");
  return {
    ...process.env,
    ...(cache && cache !== "." && { NODE_COMPILE_CACHE: cache }),
    ...(options.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(options.tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

function runnerArguments(request: RunRequest, engine: string): string[] {
  const info = request.getInfo();
  const named: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: info?.getProgramDirectory() ?? request.getPwd(),
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(named).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

/** The runner expects keys in their old spelling, `namespace:config:name`. */
function* configEntries(request: RunRequest): Generator<[string, string]> {
  for (const [key, value] of request.getConfigMap().entries()) {
    const [namespace = "", ...rest] = key.split(":");
    const name = rest[0] === "config" && rest.length > 1 ? rest.slice(1) : rest;
    yield [`${namespace}:config:${name.join(":")}`, value];
  }
}

/** The file of `name` as a program in `folder` would load it. */
export function locate(name: string, folder: string, installer: string): string {
  try {
    return createRequire(join(folder, "program.js")).resolve(name);
  } catch {
    throw new Error(`It looks like the Pulumi SDK has not been installed. Have you run ${installer}?`);
  }
}

/**
 * Resolves when the process has ended and all its output has been read. An abort interrupts it, then kills it; when this host
 * ends, as it does after its engine was killed, it takes the process with it.
 */
export function ended(
  child: ChildProcess,
  signal: AbortSignal,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    let last: NodeJS.Timeout | undefined;
    const kill = (): void => void child.kill("SIGKILL");
    process.once("exit", kill);
    const stop = (): void => {
      child.kill("SIGINT");
      last = setTimeout(kill, grace);
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    child.on("error", (error) => reject(new Error(`Problem executing program: ${error.message}`)));
    child.on("close", (code, killedBy) => {
      clearTimeout(last);
      process.off("exit", kill);
      signal.removeEventListener("abort", stop);
      resolve({ code, signal: killedBy });
    });
  });
}
