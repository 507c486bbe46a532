import type { Manifest } from "../../runbooks/restore-drill/dumps/index.ts";
import type { Api } from "../api.ts";
import { UserError } from "../errors.ts";
import { at } from "../json.ts";
import { ask } from "./ask.ts";

/** Choosing what to restore, and refusing beforehand what can't be restored: some of it the platform would do wrong in silence. */

export interface Backup {
  /** ISO 8601, as the API lists it. */
  createdAt: string;
  gib: number;
}

interface Point {
  /** What the restored data must be as of. */
  target: Date;
  /** The moment of the disaster that is rehearsed: the time that was asked for, else now. */
  incident: Date;
}

export interface BackupPoint extends Point {
  /** What the platform is asked for. */
  requested: string;
  /** The backup that it starts from. */
  backup: Backup;
  /** Whether the time is that of a listed backup. */
  listed: boolean;
}

export interface DumpPoint extends Point {
  /** One of each database. */
  dumps: Manifest[];
}

export type RestorePoint = BackupPoint | DumpPoint;

/** A restore point that there can't be: the drill has failed before anything was made. */
export class NoRestorePoint extends Error {}

/** The backups of a cluster, oldest first. */
export async function backupsOf(api: Api, clusterId: string): Promise<Backup[]> {
  const { status, body } = await ask(api, `/v2/databases/${clusterId}/backups`);
  if (status === 412)
    throw new NoRestorePoint(
      "there is no backup yet: DigitalOcean makes the first within a day of the cluster's creation. Try again then",
    );
  const listed = at(body, "backups");
  if (status !== 200 || !Array.isArray(listed))
    throw new UserError(`the backups can't be read: HTTP ${status} ${at(body, "message") ?? ""}`);
  return listed
    .map((backup) => ({
      createdAt: String(at(backup, "created_at")),
      gib: Number(at(backup, "size_gigabytes")),
    }))
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}

/**
 * @param wanted a time; without one the newest backup.
 * @throws NoRestorePoint when there is no backup at or before that time, or the time has not been.
 */
export function choose(backups: readonly Backup[], wanted: string | undefined, now: Date): BackupPoint {
  const newest = backups.at(-1);
  const oldest = backups[0];
  if (!newest || !oldest) throw new NoRestorePoint("there is no backup yet");
  if (wanted === undefined)
    return {
      target: endOfSecond(newest.createdAt),
      requested: newest.createdAt,
      backup: newest,
      listed: true,
      incident: now,
    };
  const target = parseTime(wanted);
  const same = backups.find(({ createdAt }) => Date.parse(createdAt) === target.getTime());
  const point = { target, requested: same?.createdAt ?? target.toISOString(), incident: target };
  if (same) return { ...point, target: endOfSecond(same.createdAt), backup: same, listed: true };
  if (target > now)
    throw new NoRestorePoint(
      `${target.toISOString()} has not been yet: the last time that can be restored is about now, ${now.toISOString()}`,
    );
  const before = backups.findLast(({ createdAt }) => Date.parse(createdAt) <= target.getTime());
  if (!before)
    throw new NoRestorePoint(
      `${target.toISOString()} is older than the oldest backup, which ended at ${oldest.createdAt}: a restore would silently give a later state`,
    );
  return { ...point, backup: before, listed: false };
}

/** A backup's time is told in whole seconds: it may have ended at any moment of its second. */
function endOfSecond(time: string): Date {
  const told = Date.parse(time);
  return new Date(told % 1000 === 0 ? told + 999 : told);
}

/** @throws UserError for what is no time with a zone. */
export function parseTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || !/(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new UserError(`--at is "${text}": it must be a time with its zone, such as 2026-11-24T10:30:00Z`);
  return time;
}
