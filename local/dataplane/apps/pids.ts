import { readdirSync, readFileSync } from "node:fs";

/** What Linux tells of processes; nothing where there is no /proc. */

/** The owner of a process: that of the nearest process above it that has one. Sessions count too: what was orphaned keeps its own. */
export function appOf(pid: number, owners: ReadonlyMap<number, string>): string | undefined {
  for (let at: number | undefined = pid; at !== undefined && at > 1; ) {
    const stat = statOf(at);
    const owner = owners.get(at) ?? owners.get(stat?.session ?? 0);
    if (owner !== undefined) return owner;
    at = stat?.parent;
  }
  return undefined;
}

/** What the processes of some sessions use together. */
export interface Usage {
  /** CPU seconds a second since each was started. */
  readonly cpus: number;
  readonly memoryMib: number;
}

/** Ticks a second in /proc, and bytes of a page, of Linux on x86-64 and most arm64. */
const TICKS = 100;
const PAGE = 4096;

export function usageOf(sessions: readonly number[]): Usage {
  const stats = processIds().flatMap((pid) => statOf(pid) ?? []);
  const own = stats.filter(({ session }) => sessions.includes(session));
  const up = own.length > 0 ? Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) : 0;
  const total = { cpus: 0, memoryMib: 0 };
  for (const { ticks, started, pages } of own) {
    total.cpus += ticks / TICKS / Math.max(up - started / TICKS, 1 / TICKS);
    total.memoryMib += (pages * PAGE) / 1024 ** 2;
  }
  return total;
}

interface Stat {
  parent: number;
  session: number;
  /** Of CPU. */
  ticks: number;
  /** In ticks since the boot. */
  started: number;
  /** In memory. */
  pages: number;
}

/** proc_pid_stat(5); the name, in brackets, may hold anything. */
function statOf(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const field = (number: number) => Number(fields[number - 3]); // as the manual counts them
    return {
      parent: field(4),
      session: field(6),
      ticks: field(14) + field(15),
      started: field(22),
      pages: field(24),
    };
  } catch {
    return undefined; // gone
  }
}

function processIds(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
