import { join } from "node:path";
import { type RunningProcess, startProcess } from "../process.ts";
import { Output } from "./output.ts";
import type { Environment } from "./spec.ts";

/** A command of an app, for the shell. */
export interface ShellOptions {
  /** Unique among those of the app that run at a time: its files bear it. */
  name: string;
  folder: string;
  command: string;
  cwd: string;
  /** The whole of it: nothing of the user's own reaches an app. */
  env: Environment;
  /** Takes the process for as long as it runs. */
  pids: Set<number>;
  said(lines: string[]): void;
}

/** Runs the command while `attend` does; what it says is handed on until both have ended. */
export async function withShell<R>(
  { name, folder, command, cwd, env, pids, said }: ShellOptions,
  attend: (process: RunningProcess) => Promise<R>,
): Promise<R> {
  const log = join(folder, `${name}.out`);
  const output = new Output(log, said);
  try {
    const shell = { command: "/bin/sh", args: ["-c", command], cwd, env, wholeGroup: true };
    const process = await startProcess({ folder, name, log, ...shell });
    pids.add(process.pid);
    try {
      return await attend(process);
    } finally {
      await process.exited;
      pids.delete(process.pid);
    }
  } finally {
    output.close();
  }
}
