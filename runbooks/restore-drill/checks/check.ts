import { setTimeout as delay } from "node:timers/promises";

/** What one check of restored data found. */
export interface Check {
  name: string;
  /** `not tested` says that nothing can be told, and why: never that all is well. */
  outcome: "passed" | "failed" | "not tested";
  /** Why it did not pass. Names of tables and the like, no data. */
  why?: string;
  /** What was counted or measured. */
  numbers: Record<string, number | string>;
  seconds: number;
}

/** What a check found: none of the problems means that it passed. */
export interface Finding {
  numbers?: Check["numbers"];
  problems?: string[];
}

/** Thrown by a check that can't tell. */
export class NotTested extends Error {
  readonly numbers: Check["numbers"];

  constructor(why: string, numbers: Check["numbers"] = {}) {
    super(why);
    this.numbers = numbers;
  }
}

/** Problems that a report spells out; of further ones it gives the number. */
const TOLD = 5;

/** Runs a check to its outcome: whatever it throws is one. */
export async function check(name: string, action: () => Promise<Finding>): Promise<Check> {
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  try {
    const { numbers = {}, problems = [] } = await action();
    if (problems.length === 0) return { name, outcome: "passed", numbers, seconds: seconds() };
    const more = problems.length > TOLD ? [`and ${problems.length - TOLD} more`] : [];
    const why = [...problems.slice(0, TOLD), ...more].join("; ");
    return { name, outcome: "failed", why, numbers, seconds: seconds() };
  } catch (error) {
    const untold = error instanceof NotTested ? error : undefined;
    const outcome = untold ? "not tested" : "failed";
    return { name, outcome, why: tellable(error), numbers: untold?.numbers ?? {}, seconds: seconds() };
  }
}

/** SQLSTATE classes whose messages are about the server and its files, and quote no data. */
const ofTheServer = /^(08|28|3D|42|53|55|57|58|XX)/;

/** An error as a report may have it: a server's message can quote the data that it stumbled over. */
export function tellable(error: unknown): string {
  if (!(error instanceof Error)) return "failed for an unknown reason";
  const code = "code" in error && error.code !== undefined ? String(error.code) : undefined;
  const sqlState = code !== undefined && /^[0-9A-Z]{5}$/.test(code);
  if (sqlState && !ofTheServer.test(code)) return `the server refused with ${code}`;
  const message = error.message.split("\n")[0] ?? "";
  return sqlState ? `${code}: ${message}` : message || error.name;
}

/** Milliseconds between two attempts. */
const AGAIN = 250;

/** Tries until it works; after the deadline the last failure is thrown. */
export async function until<T>(deadline: number, action: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await action();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`not within the time given: ${tellable(error)}`);
      await delay(AGAIN);
    }
}
