import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { homeOf } from "./index.ts";

export { measureRestore } from "./dataplane/postgres/bench.ts";
export { measureSpaces } from "./spaces/bench.ts";

export interface CloudFigures {
  /** From the start of the process to its first answered API request, in milliseconds. */
  startMs: number;
  /** Resident memory of the cloud with its child processes when idle, in MiB. */
  residentMiB: number;
}

/** Starts the local cloud `runs` times, each on a fresh state folder, and gives the medians. Linux only: it reads /proc. */
export async function measureCloud(runs: number): Promise<CloudFigures> {
  const figures: CloudFigures[] = [];
  for (let run = 0; run < runs; run++) figures.push(await measureOnce());
  const median = (values: number[]) =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return {
    startMs: Math.round(median(figures.map((figure) => figure.startMs))),
    residentMiB: Math.round(median(figures.map((figure) => figure.residentMiB))),
  };
}

async function measureOnce(): Promise<CloudFigures> {
  const home = mkdtempSync(join(tmpdir(), "breakwater-bench-"));
  const started = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, BREAKWATER_HOME: home, BREAKWATER_PORT: "0", BREAKWATER_SERVERS: "none" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const token = readFileSync(homeOf(home).token, "utf8").trim();
    const answer = await fetch(`${JSON.parse(line).listening}/v2/account`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`the cloud answered ${answer.status}`);
    const startMs = performance.now() - started;
    return { startMs, residentMiB: residentOf(child.pid ?? 0) / 1024 ** 2 };
  } finally {
    child.kill();
    await once(child, "exit");
    rmSync(home, { recursive: true });
  }
}

/**
 * The resident bytes of a process and of all below it, each page that they share once (PSS, proc_pid_smaps(5)): the processes of
 * one PostgreSQL have their buffers in common.
 */
export function residentOf(pid: number): number {
  const kib = Number(/^Pss:\s+(\d+) kB$/m.exec(told(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  const children = tasksOf(pid)
    .flatMap((task) => told(`/proc/${pid}/task/${task}/children`).split(" "))
    .filter(Boolean)
    .map(Number);
  return children.reduce((sum, child) => sum + residentOf(child), kib * 1024);
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** What the system tells; nothing of a process that has just ended. */
function told(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
