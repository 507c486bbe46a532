import type { Finding } from "./check.ts";
import { NotTested } from "./check.ts";

/** What the canary tells of a restore. Times are ISO 8601 in UTC. */
export interface Canary {
  periodSeconds: number;
  /** The newest tick in the restored data: the moment that they are known to hold. */
  newest?: string;
  /** The newest tick of the source when it was asked; undefined when it could not be. */
  newestAtSource?: string;
  /** Ticks that the source has after the newest restored one: what a restore to this point loses, in periods. */
  lost?: number;
}

/** Periods that may pass without a tick: one lies between any two, and a worker may be starting anew. */
const PATIENCE = 6;

/**
 * The restored data must be as of the target: with no tick after it (a target before the end of a base backup gives a later state in
 * silence), and with one shortly before it.
 */
export function freshness({ newest, periodSeconds }: Canary, target: Date): Finding {
  if (newest === undefined)
    throw new NotTested(
      "there is no tick in the restored data: the backup is older than the canary, or the canary never ran",
    );
  const late = (Date.parse(newest) - target.getTime()) / 1000;
  const numbers = { newest, target: target.toISOString(), secondsBeforeTarget: -late };
  const allowed = periodSeconds * PATIENCE;
  const problems =
    late > 0
      ? [`holds a later state than was asked for: its newest tick is ${late} s after the target`]
      : -late > allowed
        ? [`stale canary: its newest tick is ${-late} s before the target, more than ${allowed} s`]
        : [];
  return { numbers, problems };
}
