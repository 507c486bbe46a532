import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemCode } from "../errors.ts";

/** Programs that run for the cloud. Each leaves a note of its process, so that the cloud after a killed one can end it. */

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface ProcessOptions {
  /** Where `<name>.pid.json` is kept while the process runs; it must be there. */
  folder: string;
  name: string;
  command: string;
  args?: readonly string[];
  /** The whole environment. Default: PATH alone, so that nothing of the user's reaches a server. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Whom it runs as. Default: as the cloud. */
  identity?: Identity | undefined;
  /** The file that takes what it prints, from its end on. A file outlives the cloud: a pipe would break with it. */
  log: string;
  /** Whether signals go to the processes that it starts as well. Default false: servers end their own. */
  wholeGroup?: boolean;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<Ending>;
  /** Signals it, and kills it with all that it started when it has not ended after `patienceMs`. Default SIGTERM and 10 s. */
  stop(signal?: NodeJS.Signals, patienceMs?: number): Promise<Ending>;
}

const PATIENCE = 10_000;
const POLL = 20;

/** Starts a process in a group of its own: what a terminal sends to the cloud does not reach it. @throws the system's error */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { folder, name, command, args = [], env, cwd, identity, log, wholeGroup = false } = options;
  const output = openSync(log, "a", 0o600);
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      cwd,
      env: env ?? { PATH: process.env.PATH },
      detached: true,
      stdio: ["ignore", output, output],
      ...identity,
    });
  } finally {
    closeSync(output);
  }
  const { pid } = child;
  if (pid === undefined) throw await new Promise((resolve) => child.once("error", resolve));
  const file = noteOf(folder, name);
  const exited = new Promise<Ending>((resolve) =>
    child.once("exit", (code, signal) => {
      rmSync(file, { force: true });
      resolve({ code, signal });
    }),
  );
  writeFileSync(file, JSON.stringify({ pid, started: startOf(pid), wholeGroup }), { mode: 0o600 });
  if (child.exitCode !== null || child.signalCode !== null) rmSync(file, { force: true });
  return {
    pid,
    exited,
    async stop(signal = "SIGTERM", patienceMs = PATIENCE) {
      if (child.exitCode === null && child.signalCode === null) send(wholeGroup ? -pid : pid, signal);
      const timer = setTimeout(() => send(-pid, "SIGKILL"), patienceMs);
      const ending = await exited;
      clearTimeout(timer);
      if (wholeGroup) send(-pid, "SIGKILL"); // what it left behind
      return ending;
    },
  };
}

/**
 * Ends what an earlier cloud started under this name and left running. A process that only has its id by now is another
 * program's and stays.
 */
export async function endLeftover(
  folder: string,
  name: string,
  signal: NodeJS.Signals = "SIGTERM",
  patienceMs = PATIENCE,
): Promise<void> {
  const file = noteOf(folder, name);
  const note = readNote(file);
  if (note && isRunning(note)) {
    send(note.wholeGroup ? -note.pid : note.pid, signal);
    const deadline = Date.now() + patienceMs;
    while (isRunning(note) && Date.now() < deadline) await delay(POLL);
    if (isRunning(note)) send(-note.pid, "SIGKILL");
    while (isRunning(note)) await delay(POLL);
  }
  rmSync(file, { force: true });
}

/** The same for every process whose note lies in `folder` or below it. */
export async function endLeftovers(folder: string, signal?: NodeJS.Signals): Promise<void> {
  await Promise.all(namesBelow(folder).map((name) => endLeftover(folder, name, signal)));
}

/** The processes whose notes lie in `folder` or below it, whichever cloud started them. */
export function runningBelow(folder: string): number[] {
  return namesBelow(folder).flatMap((name) => {
    const note = readNote(noteOf(folder, name));
    return note && isRunning(note) ? [note.pid] : [];
  });
}

const NOTE = ".pid.json";
const noteOf = (folder: string, name: string) => join(folder, name + NOTE);

interface Note {
  pid: number;
  /** What tells it from a later process of the same id. */
  started: string;
  wholeGroup: boolean;
}

function readNote(file: string): Note | undefined {
  try {
    const { pid, started, wholeGroup = false }: Partial<Note> = JSON.parse(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid && pid > 1 && started ? { pid, started, wholeGroup } : undefined;
  } catch {
    return undefined; // none, or cut short by a crash: then its process was just about to start
  }
}

const isRunning = ({ pid, started }: Note) => startOf(pid) === started;

/**
 * When a process was started, in words that no other process of its id shares; undefined once it has ended. Linux: clock
 * ticks since the boot, and which boot (proc_pid_stat(5)).
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name before it may hold anything
    if (state === "Z" || state === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${rest[18]}`;
  } catch {
    return undefined;
  }
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (systemCode(error) !== "ESRCH") throw error;
  }
}

function namesBelow(folder: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return files.filter((file) => file.endsWith(NOTE)).map((file) => file.slice(0, -NOTE.length));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return []; // nothing there, or a server is just tidying up
    throw error;
  }
}
