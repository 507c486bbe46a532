import { setTimeout as delay } from "node:timers/promises";
import { kindOf, type Log } from "./log.ts";

/** Something that goes on until it is stopped. */
export interface Running {
  /** Lets what is under way come to its end, and does no more. */
  stop(): Promise<void>;
}

/** What is done over and over through one connection. */
export interface Task {
  /** How it is called in the log. */
  name: string;
  periodMs: number;
  /** Makes the connection; called again after each failure. */
  open(): Promise<Session>;
}

export interface Session {
  /** One round. */
  round(): Promise<void>;
  close(): Promise<unknown>;
}

/** Milliseconds before the first and, doubled each time, at most before each new attempt after a failure. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/**
 * Does a task on a timer of its own. Rounds start at multiples of the period, so that a slow one delays none after it. Whatever fails
 * is logged and tried again with a new connection.
 */
export function repeat({ name, periodMs, open }: Task, log: Log): Running {
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number) => delay(ms, undefined, { signal }).catch(() => undefined);

  const done = (async () => {
    let failures = 0;
    while (!signal.aborted) {
      let session: Session | undefined;
      try {
        session = await open();
        while (!signal.aborted) {
          await session.round();
          if (failures > 0) log("recovered", { task: name, failures });
          failures = 0;
          await pause(periodMs - (Date.now() % periodMs));
        }
      } catch (error) {
        failures += 1;
        log("failed", { task: name, kind: kindOf(error), failures });
        await pause(Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT, periodMs));
      } finally {
        await session?.close().catch(() => undefined);
      }
    }
    log("stopped", { task: name });
  })();
  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
