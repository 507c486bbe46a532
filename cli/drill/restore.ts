import { messageIn, result as resultOf } from "../../runbooks/restore-drill/checks/result.ts";
import type { Api } from "../api.ts";
import { messageOf } from "../errors.ts";
import { interruption, uninterrupted } from "../process.ts";
import { step } from "../progress.ts";
import { type CleanUp, removeDrill, removeOrphans, type Thing, watch } from "./copy.ts";
import { chooseDumps, type Dumps } from "./dumps.ts";
import { runHere } from "./here.ts";
import { type About, restorePlan } from "./plan.ts";
import { backupsOf, choose, NoRestorePoint, type RestorePoint } from "./point.ts";
import { trustedSources } from "./source.ts";
import { type DrillStack, openDrillStack, TimedOut } from "./stack.ts";
import type { Seen } from "./verdict.ts";

interface Wanted {
  /** A time; without one the newest backup, or dump. */
  at: string | undefined;
  /** Where the dumps are, when it is one of them that shall be restored. */
  dumps: Dumps | undefined;
  keep: boolean;
  /** Minutes that restoring and checking may take. */
  minutes: number;
}

/** Restores, checks and takes away. Whatever goes wrong is in what was seen; only what is wrong beforehand is thrown. */
export async function restore(
  api: Api,
  about: About,
  wanted: Wanted,
): Promise<{ seen: Seen; orphans: Thing[] }> {
  const { source, name } = about;
  const orphans = await removeOrphans(api, source.clusterId);
  const seen: Seen = {
    decidedAt: new Date().toISOString(),
    objectives: source.objectives,
    canaryPeriodSeconds: source.canaryPeriodSeconds,
    progress: {},
    kept: wanted.keep,
    trusted: [],
  };
  const look = async () => seen.trusted.push(await trustedSources(api, source.clusterId));
  let stack: DrillStack | undefined;
  await uninterrupted(async () => {
    try {
      await look();
      seen.decidedAt = new Date().toISOString();
      seen.point = await pointOf(new Date(seen.decidedAt));
      const rules = about.here ? seen.trusted[0] : [];
      stack = await openDrillStack(about.id, api, restorePlan(about, seen.point, wanted.dumps, rules));
      await check(stack);
    } catch (error) {
      seen.end = endOf(error, seen);
    } finally {
      stack?.remove();
      if (!wanted.keep) await takeAway().catch((error) => fail(messageOf(error)));
      await look().catch((error) => fail(messageOf(error)));
    }
  });
  return { seen, orphans };

  async function pointOf(now: Date): Promise<RestorePoint> {
    if (wanted.dumps) return chooseDumps(source, wanted.dumps.store, wanted.at, now);
    return choose(await backupsOf(api, source.clusterId), wanted.at, now);
  }

  async function check(made: DrillStack): Promise<void> {
    let ended = false;
    const failed = new AbortController();
    const watching = watch(api, name, seen.progress, () => ended).then(() => {
      if (seen.progress.failure) failed.abort();
    });
    const outputs = await step(`Restoring ${source.clusterName} as ${name}`, () =>
      made.up(wanted.minutes, failed.signal),
    ).finally(() => {
      ended = true;
    });
    await watching;
    await look();
    const found =
      outputs.result === null
        ? messageIn(
            await step("Checking it from here", () => runHere("checks/main.ts", outputs.assignment ?? "")),
            about.id,
          )
        : JSON.parse(outputs.result);
    seen.result = resultOf.parse(found);
  }

  async function takeAway(): Promise<void> {
    const proof: CleanUp = {};
    seen.cleanUp = proof;
    await step(`Taking ${name} away`, () => removeDrill(api, name, proof));
    seen.destroyedAt = new Date().toISOString();
  }

  function fail(why: string): void {
    seen.end ??= { status: "failed", why };
  }
}

function endOf(error: unknown, { progress }: Seen): NonNullable<Seen["end"]> {
  const signal = interruption();
  if (signal) return { status: "aborted", why: `interrupted by ${signal}` };
  if (error instanceof NoRestorePoint) return { status: "failed", why: messageOf(error) };
  if (progress.failure) return { status: "failed", why: `the copy can't be brought up: ${progress.failure}` };
  const status = progress.status ?? "never seen";
  if (error instanceof TimedOut)
    return { status: "timed-out", why: `${messageOf(error)}; the copy's last status: ${status}` };
  return { status: "aborted", why: messageOf(error) };
}
