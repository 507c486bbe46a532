import { messageIn, result as resultOf } from "../../runbooks/restore-drill/checks/result.ts";
import type { Api } from "../api.ts";
import { messageOf } from "../errors.ts";
import { interruption, uninterrupted } from "../process.ts";
import { step } from "../progress.ts";
import { backUpOnce, whyNoTick } from "./canary.ts";
import { type CleanUp, removeDrill, removeOrphans, type Thing, watch } from "./copy.ts";
import { chooseDumps, type Dumps } from "./dumps.ts";
import { runHere } from "./here.ts";
import { type About, cachePlan, restorePlan } from "./plan.ts";
import { backupsOf, choose, NoRestorePoint, type RestorePoint } from "./point.ts";
import { trustedSources } from "./source.ts";
import { type DrillStack, openDrillStack, TimedOut } from "./stack.ts";
import type { Seen } from "./verdict.ts";

interface Wanted {
  /** A time; without one the newest backup, or dump. */
  at: string | undefined;
  /** Where the dumps are, when it is one of them that shall be restored. */
  dumps: Dumps | undefined;
  /** Whether a backup can be ordered where the newest tells nothing: on this machine. */
  mayBackUp: boolean;
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
  const isCache = source.engine === "valkey";
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
      if (wanted.mayBackUp && !wanted.at && !wanted.dumps && !isCache) await backUpOnce(api, source);
      seen.decidedAt = new Date().toISOString();
      stack = await openDrillStack(about.id, api, await planOf(new Date(seen.decidedAt)));
      await check(stack);
    } catch (error) {
      seen.end = endOf(error, seen);
    } finally {
      stack?.remove();
      await takeAway().catch((error) => fail(messageOf(error)));
      await look().catch((error) => fail(messageOf(error)));
    }
  });
  return { seen, orphans };

  async function planOf(now: Date) {
    if (isCache) return cachePlan(about);
    seen.point = await pointOf(now);
    return restorePlan(about, seen.point, wanted.dumps, about.here ? seen.trusted[0] : []);
  }

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
    const outputs = await step(
      isCache
        ? `Bringing the product up on an empty cache, ${name}`
        : `Restoring ${source.clusterName} as ${name}`,
      () => made.up(wanted.minutes, failed.signal),
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
    if (!wanted.dumps && seen.result.canary && !seen.result.canary.newest)
      seen.noTick = await whyNoTick(api, source);
  }

  async function takeAway(): Promise<void> {
    const proof: CleanUp = {};
    seen.cleanUp = proof;
    if (wanted.keep) return removeDrill(api, name, proof, "app");
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
