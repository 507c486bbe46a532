import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../api.ts";
import { UserError } from "../errors.ts";
import { at } from "../json.ts";
import { say } from "../progress.ts";
import { ask } from "./ask.ts";
import { backupsOf, NoRestorePoint } from "./point.ts";
import type { Source } from "./source.ts";

/** Backups that are older than the canary have no tick: nothing tells what a restore of them loses. */

/** When the worker that ticks began: its first deployment, or the one that runs. */
async function since(api: Api, { workerId }: Source, which: "first" | "running"): Promise<number> {
  const { body } = await ask(api, `/v2/apps/${workerId}`);
  const time =
    which === "first" ? at(body, "app", "created_at") : at(body, "app", "active_deployment", "updated_at");
  return Date.parse(String(time)) || 0;
}

/**
 * Has the local cloud make a backup when its newest is older than the canary, as it is after `npm start`. DigitalOcean makes one a day
 * and takes no orders.
 */
export async function backUpOnce(api: Api, source: Source): Promise<void> {
  const newest = await newestBackup(api, source);
  const ticked = (await since(api, source, "running")) + source.canaryPeriodSeconds * 1000;
  if (newest !== undefined && Date.parse(newest) > ticked) return;
  say("Having a backup made: the newest is older than the canary (DigitalOcean makes one a day)");
  await delay(Math.max(0, ticked - Date.now())); // by then there is a tick
  const { status } = await fetch(`${api.url}/_local/databases/${source.clusterId}/backups`, {
    method: "POST",
    headers: { authorization: `Bearer ${api.token}` },
  });
  if (status !== 201) throw new UserError(`the local cloud could not make a backup: HTTP ${status}`);
}

async function newestBackup(api: Api, { clusterId }: Source): Promise<string | undefined> {
  try {
    return (await backupsOf(api, clusterId)).at(-1)?.createdAt;
  } catch (error) {
    if (error instanceof NoRestorePoint) return undefined; // the first is on its way
    throw error;
  }
}

/** Why restored data have no tick, and when a drill will find one. */
export async function whyNoTick(api: Api, source: Source): Promise<string> {
  const began = await since(api, source, "first");
  const { body } = await ask(api, `/v2/databases/${source.clusterId}/backups`);
  const scheduled = at(body, "scheduled_backup_time");
  const [hour, minute] = [at(scheduled, "backup_hour"), at(scheduled, "backup_minute")].map(Number);
  const next =
    Number.isFinite(hour) && Number.isFinite(minute)
      ? ` about ${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")} UTC`
      : "";
  return `the canary runs since ${new Date(began).toISOString()}: drill again after the next backup, which is made${next}`;
}
