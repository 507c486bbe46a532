/** Running a plugin that is written in JavaScript or TypeScript: above all policy packs, which are analyzer plugins. */
import { spawn } from "node:child_process";
import type { ServerWritableStream } from "@grpc/grpc-js";
import language, { type RunPluginRequest, type RunPluginResponse } from "@pulumi/pulumi/proto/language_pb.js";
import { serviceError } from "../rpc/handlers.ts";
import { runtimeOptions } from "./options.ts";
import { firstLine, stackEnvironment, startRelay } from "./policy.ts";
import { ended, locate, programEnvironment } from "./program.ts";

type PluginStream = ServerWritableStream<RunPluginRequest, RunPluginResponse>;

/** Runs a plugin until it ends or the engine lets go of it; its output goes to the engine. */
export function runPlugin(stream: PluginStream): void {
  const gone = new AbortController();
  stream.on("cancelled", () => gone.abort());
  const run = stream.request.getKind() === "analyzer" ? runPolicyPack : runOther;
  run(stream, gone.signal).then(
    (code) => {
      stream.write(new language.RunPluginResponse().setExitcode(code));
      stream.end();
    },
    (error: unknown) => stream.emit("error", serviceError(error)),
  );
}

async function runOther(stream: PluginStream, signal: AbortSignal): Promise<number> {
  const { request, runner, environment, options, folder } = prepare(stream, "@pulumi/pulumi/cmd/run-plugin");
  const child = spawn(process.execPath, [...options.nodeargs, runner, folder, ...request.getArgsList()], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: request.getPwd() || folder,
    env: environment,
  });
  child.stdout.on("data", (chunk: Buffer) => stdout(stream, chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr(stream, chunk));
  return (await ended(child, signal)).code ?? 1;
}

async function runPolicyPack(stream: PluginStream, signal: AbortSignal): Promise<number> {
  const { request, runner, environment, options, folder } = prepare(
    stream,
    "@pulumi/pulumi/cmd/run-policy-pack",
  );
  const relay = await startRelay();
  try {
    stdout(stream, Buffer.from(`${relay.port}\n`));
    const stack = await Promise.race([relay.configuration, aborted(signal)]);
    if (signal.aborted) return 0;
    const child = spawn(process.execPath, [...options.nodeargs, runner, ...request.getArgsList(), folder], {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: folder, // packs have always run in their own folder
      env: { ...environment, ...stackEnvironment(stack) },
    });
    child.stderr.on("data", (chunk: Buffer) => stderr(stream, chunk));
    const end = ended(child, signal);
    firstLine(child, (chunk) => stdout(stream, chunk)).then(relay.attach, relay.fail);
    return (await end).code ?? 1;
  } finally {
    relay.close();
  }
}

function prepare(stream: PluginStream, runnerName: string) {
  const { request } = stream;
  const options = runtimeOptions(request.getInfo());
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
  return {
    request,
    options,
    folder,
    runner: locate(runnerName, folder, `npm install in ${folder}`),
    environment: { ...environmentOf(request.getEnvList()), ...withoutInherited(programEnvironment(options)) },
  };
}

/** The engine gives the plugin's whole environment; of ours only what the options add is wanted. */
function withoutInherited(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => process.env[name] !== value),
  );
}

function environmentOf(list: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    list.map((entry) => {
      const end = entry.indexOf("=");
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

function stdout(stream: PluginStream, bytes: Buffer): void {
  stream.write(new language.RunPluginResponse().setStdout(bytes));
}

function stderr(stream: PluginStream, bytes: Buffer): void {
  stream.write(new language.RunPluginResponse().setStderr(bytes));
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
}
