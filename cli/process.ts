import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { createInterface } from "node:readline";

/** Running other programs. */

/** Those that run now. */
const children = new Set<ChildProcess>();

let signal: NodeJS.Signals | undefined;

/** The signal that asked this command to end, if one did. */
export const interruption = () => signal;

/**
 * From now on a signal ends this command in order: what it runs ends first, so that the engine can write down how far it came, and
 * then nothing new is started. Ctrl-C reaches the other programs by itself, since a terminal signals all of them.
 */
export function endInOrder(): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      signal ??= name;
      if (children.size === 0 && held === 0) process.exit(exitCode(null, signal));
      if (name !== "SIGINT") for (const child of children) child.kill("SIGTERM");
    });
}

let held = 0;

/**
 * While `action` runs, a signal doesn't end this command even when no other program runs: the action looks at `interruption` itself,
 * because it has made what it must take away again.
 */
export async function uninterrupted<T>(action: () => Promise<T>): Promise<T> {
  held += 1;
  try {
    return await action();
  } finally {
    held -= 1;
  }
}

/** Keeps a program in mind while it runs. Nothing is started any more when this command was asked to end. */
function started<T extends ChildProcess>(make: () => T): T {
  if (signal) throw new Error(`interrupted by ${signal}`);
  const child = make();
  children.add(child);
  child.on("error", () => children.delete(child)).on("close", () => children.delete(child));
  return child;
}

export interface Running {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is ended (`capture` only); none by default. */
  timeout?: number;
  /** When this is aborted, the program is asked to end (`capture` only). */
  givenUp?: AbortSignal | undefined;
  /** Called with every line of stderr while the program runs. */
  onErrorLine?: (line: string) => void;
}

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end and keeps what it prints. Rejects when it cannot be started, or this command is asked to end. */
export function capture(program: string, args: string[], options: Running = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const { cwd, env, timeout, givenUp } = options;
    const child = started(() =>
      spawn(program, args, { cwd, env, timeout, stdio: ["ignore", "pipe", "pipe"] }),
    );
    givenUp?.addEventListener("abort", () => child.kill("SIGTERM"));
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
    child.on("close", (code, ending) => {
      if (signal) reject(new Error(`interrupted by ${signal}`));
      else resolve({ code: exitCode(code, ending), stdout, stderr });
    });
  });
}

/** Runs a program on the user's own terminal and gives its exit code. Ctrl-C reaches the program, which decides. */
export function attach(program: string, args: string[], options: Running = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const { cwd, env } = options;
    const child = started(() => spawn(program, args, { cwd, env, stdio: "inherit" }));
    child.on("error", reject);
    child.on("close", (code, ending) => resolve(exitCode(code, ending)));
  });
}

/** As a shell reports it: 128 + the signal's number for a program that a signal ended. */
export function exitCode(code: number | null, ending: NodeJS.Signals | null): number {
  return code ?? 128 + (ending ? constants.signals[ending] : 0);
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
