import * as z from "zod";
import { type Call, timestamp } from "../../call.ts";
import { unprocessable } from "../../errors.ts";
import type { BackupPolicy, SavedDroplet } from "./droplet.ts";

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const HOURS = [0, 4, 8, 12, 16, 20];
const WINDOW_HOURS = 4;
const RETENTION_DAYS = { weekly: 28, daily: 7 };
const HOUR_MILLISECONDS = 3_600_000;

/** GET /v2/droplets/backups/supported_policies */
export const SUPPORTED = (["weekly", "daily"] as const).map((plan) => ({
  name: plan,
  possible_window_starts: HOURS,
  window_length_hours: WINDOW_HOURS,
  retention_period_days: RETENTION_DAYS[plan],
  possible_days: plan === "weekly" ? DAYS : [],
}));

/** A client's wish; the Go client sends "" for a day that isn't meant. */
export const PolicyInput = z.object({
  plan: z.enum(["daily", "weekly"]).or(z.literal("")).nullish(),
  weekday: z.enum(DAYS).or(z.literal("")).nullish(),
  hour: z
    .int()
    .refine((hour) => HOURS.includes(hour), `must be one of ${HOURS.join(", ")}`)
    .nullish(),
});

/** The policy of a wish; what it leaves open the platform chooses: a daily plan's hour, a weekly plan's day and hour. */
export function policyFrom(input: z.output<typeof PolicyInput> | null | undefined): BackupPolicy {
  const plan = input?.plan || (input ? "daily" : "weekly");
  if (plan === "daily" && input?.weekday)
    throw unprocessable("backup_policy.weekday: only weekly backups have one");
  return { plan, hour: input?.hour ?? 0, ...(plan === "weekly" && { weekday: input?.weekday || "SUN" }) };
}

export function policyView(droplet: SavedDroplet, call: Call<unknown>): object {
  const { backups } = droplet;
  const about = { droplet_id: Number(droplet.id), backup_enabled: backups !== undefined };
  if (!backups) return about;
  return {
    ...about,
    backup_policy: {
      ...backups,
      window_length_hours: WINDOW_HOURS,
      retention_period_days: RETENTION_DAYS[backups.plan],
    },
    next_backup_window: nextWindow(backups, call.now),
  };
}

/** The next window of a policy that has not begun. */
export function nextWindow({ weekday, hour }: BackupPolicy, now: number): { start: string; end: string } {
  const start = new Date(now);
  start.setUTCHours(hour, 0, 0, 0);
  while (start.getTime() <= now || (weekday !== undefined && DAYS[start.getUTCDay()] !== weekday))
    start.setUTCDate(start.getUTCDate() + 1);
  return {
    start: timestamp(start.getTime()),
    end: timestamp(start.getTime() + WINDOW_HOURS * HOUR_MILLISECONDS),
  };
}
