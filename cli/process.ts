import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { createInterface } from "node:readline";

/** Running other programs. */

export interface Running {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is ended (`capture` only); none by default. */
  timeout?: number;
  /** Called with every line of stderr while the program runs. */
  onErrorLine?: (line: string) => void;
}

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end and keeps what it prints. Rejects only when it cannot be started. */
export function capture(program: string, args: string[], options: Running = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const { cwd, env, timeout } = options;
    const child = spawn(program, args, { cwd, env, timeout, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      stderr += `${line}\n`;
      options.onErrorLine?.(line);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: exitCode(code, signal), stdout, stderr }));
  });
}

/** Runs a program on the user's own terminal and gives its exit code. Ctrl-C reaches the program, which decides. */
export function attach(program: string, args: string[], options: Running = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: "inherit" });
    const ignore = () => {};
    const pass = () => child.kill("SIGTERM");
    process.on("SIGINT", ignore).on("SIGTERM", pass);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", ignore).off("SIGTERM", pass);
      resolve(exitCode(code, signal));
    });
  });
}

/** As a shell reports it: 128 + the signal's number for a program that a signal ended. */
function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The name of a process's program, where the system tells it (Linux): a process id may have been given to another one. */
export function programOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return undefined;
  }
}
