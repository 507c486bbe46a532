/** Running a command, as pulumi-command's local.Command and local.run do. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Operation } from "../provider/resource.ts";
import { any, boolean, list, map, oneOf, type Properties, string } from "../provider/schema.ts";
import { isArray, isObject, type Value, type Values } from "../provider/values.ts";
import { matchingFiles } from "./globs.ts";

/** What every command can be given. */
export const settings: Properties = {
  stdin: string(),
  /** Which of its output shows while it runs. */
  logging: string({ check: oneOf("stdout", "stderr", "stdoutAndStderr", "none") }),
  /** Program and arguments before the command; default `/bin/sh -c`. */
  interpreter: list(string()),
  /** Default the program's folder. */
  dir: string(),
  environment: map(string()),
  /** Globs of files that become outputs after the command; one that starts with `!` takes away. */
  assetPaths: list(string()),
  archivePaths: list(string()),
  /** Whether an update or delete finds the last output in PULUMI_COMMAND_STDOUT and _STDERR; it does when not given. */
  addPreviousOutputInEnv: boolean(),
};

/** What a command leaves. */
export const results: Properties = {
  stdout: string({ output: true }),
  stderr: string({ output: true }),
  assets: any({ output: true }),
  archive: any({ output: true }),
};

/** Runs `command` under `inputs`; `previous` is what the last one left. Throws when it fails. */
export async function run(
  operation: Operation<null>,
  command: string,
  inputs: Values,
  previous: Values = {},
): Promise<Values> {
  const [program = "/bin/sh", ...before] = texts(inputs.interpreter) ?? ["/bin/sh", "-c"];
  const folder = typeof inputs.dir === "string" ? inputs.dir : process.cwd();
  const child = spawn(program, [...before, command], {
    cwd: folder,
    env: environment(inputs, previous),
    signal: operation.signal,
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A command that doesn't read what it is given ends before all is written: not an error of ours.
  child.stdin.on("error", () => undefined);
  child.stdin.end(typeof inputs.stdin === "string" ? inputs.stdin : "");
  const logging = typeof inputs.logging === "string" ? inputs.logging : "stdoutAndStderr";
  // What a command prints may hold what it was given: with a secret in that, nothing is shown.
  const shows = (stream: string): boolean =>
    !operation.confidential && (logging === stream || logging === "stdoutAndStderr");
  const printed: Buffer[] = [];
  const stdout = collect(child.stdout, printed, shows("stdout") ? operation.status : undefined);
  const stderr = collect(child.stderr, printed, shows("stderr") ? operation.status : undefined);
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) =>
      resolve(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit status ${code}`),
    );
  });
  if (failure !== undefined) {
    const output = operation.confidential
      ? "its output may hold secrets and isn't shown"
      : Buffer.concat(printed).toString();
    throw new Error(
      operation.confidential
        ? `the command failed: ${failure}; ${output}`
        : `${failure}: running ${JSON.stringify(command)}:\n${output}`,
    );
  }
  return { stdout: text(stdout), stderr: text(stderr), ...files(folder, inputs) };
}

const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString().replace(/\n$/, "");

function collect(stream: Readable, printed: Buffer[], show: ((line: string) => void) | undefined): Buffer[] {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    printed.push(chunk);
  });
  if (show) createInterface({ input: stream }).on("line", show);
  return chunks;
}

function environment(inputs: Values, previous: Values): NodeJS.ProcessEnv {
  const own = isObject(inputs.environment) ? Object.entries(inputs.environment) : [];
  const last = inputs.addPreviousOutputInEnv === false ? {} : previous;
  return {
    ...process.env,
    ...Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
    ...(last.stdout && { PULUMI_COMMAND_STDOUT: String(last.stdout) }),
    ...(last.stderr && { PULUMI_COMMAND_STDERR: String(last.stderr) }),
  };
}

// The engine's signatures of assets and archives.
const signature = "4dabf18193072939515e22adb298388d";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

function files(folder: string, inputs: Values): Values {
  const assets = (globs: readonly string[]): Values =>
    Object.fromEntries(matchingFiles(folder, globs).map((file) => [file, asset(join(folder, file))]));
  const assetPaths = texts(inputs.assetPaths);
  const archivePaths = texts(inputs.archivePaths);
  return {
    ...(assetPaths && { assets: assets(assetPaths) }),
    ...(archivePaths && { archive: { [signature]: archiveSignature, assets: assets(archivePaths) } }),
  };
}

const asset = (path: string): Values => ({
  [signature]: assetSignature,
  path,
  hash: createHash("sha256").update(readFileSync(path)).digest("hex"),
});

const texts = (value: Value | undefined): string[] | undefined =>
  isArray(value) && value.length > 0 ? value.map(String) : undefined;
