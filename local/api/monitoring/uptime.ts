import * as z from "zod";
import { badRequest } from "../../errors.ts";
import { parse } from "../../input.ts";
import { create, resource, update } from "../../resource.ts";
import type { Draft } from "../../store.ts";
import { Notifications, refuseSilence, refuseStrangers } from "./notifications.ts";

const Check = z.object({
  name: z.string().min(1).max(255),
  type: z.enum(["ping", "http", "https"]),
  target: z.string().min(1).max(2048),
  regions: z
    .array(z.enum(["us_east", "us_west", "eu_west", "se_asia"]))
    .nullish()
    .transform((regions) => [...new Set(regions ?? [])]),
  enabled: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
});
type Check = z.output<typeof Check>;
const Changes = Check.extend({
  name: Check.shape.name.optional(),
  type: Check.shape.type.optional(),
  target: Check.shape.target.optional(),
  regions: z.array(z.string()).nullish(),
  enabled: z.boolean().nullish(),
});

export const checks = resource<Check>({
  kind: "uptime check",
  path: "/v2/uptime/checks",
  roots: ["check", "checks"],
  invalid: badRequest,

  create: create({ input: Check, make: checkedTarget }),
  update: {
    PUT: update({
      input: Changes,
      apply: (check, input) => {
        const given = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
        return {
          ...check,
          ...checkedTarget(parse(Check, { ...check, ...Object.fromEntries(given) }, badRequest)),
        };
      },
    }),
  },
  remove: {},

  view: ({ id, name, type, target, regions, enabled }) => ({ id, name, type, target, regions, enabled }),
  row: ({ type, target, enabled }) => ({
    state: enabled ? "enabled" : "disabled",
    detail: `${type} ${target}`,
  }),
});

function checkedTarget(check: Check): Draft<Check> {
  const { type, target } = check;
  const isUrl = URL.canParse(target) && new URL(target).protocol === `${type}:`;
  if (type !== "ping" && !isUrl)
    throw badRequest(
      `invalid value for field 'target': '${target}' is not a URL that starts with ${type}://`,
    );
  return check;
}

// Nothing here asks a target whether it is up: every region is still about to.
checks.read("/state", ({ regions, createdAt }) => ({
  state: {
    regions: Object.fromEntries(
      regions.map((region) => [
        region,
        {
          status: "CHECKING",
          status_changed_at: new Date(createdAt).toISOString(),
          thirty_day_uptime_percentage: 0,
        },
      ]),
    ),
    previous_outage: {},
  },
}));

const Alert = z.object({
  name: z.string().min(1).max(255),
  type: z.enum(["latency", "down", "down_global", "ssl_expiry"]),
  threshold: z
    .int()
    .min(0)
    .nullish()
    .transform((value) => value ?? 0),
  comparison: z
    .enum(["greater_than", "less_than", ""])
    .nullish()
    .transform((value) => value ?? ""),
  period: z
    .enum(["2m", "3m", "5m", "10m", "15m", "30m", "1h", ""])
    .nullish()
    .transform((value) => value ?? ""),
  notifications: Notifications,
});
type Alert = z.output<typeof Alert>;

export const alerts = checks.owns<Alert>({
  kind: "uptime alert",
  path: "/alerts",
  roots: ["alert", "alerts"],
  invalid: badRequest,

  create: create({ input: Alert, make: checkedAlert }),
  update: { PUT: update({ input: Alert, apply: (alert, input) => ({ ...alert, ...checkedAlert(input) }) }) },
  remove: {},

  view: ({ id, name, type, threshold, comparison, period, notifications }) => ({
    id,
    name,
    type,
    notifications,
    ...(threshold > 0 && { threshold }),
    ...(comparison && { comparison }),
    ...(period && { period }),
  }),
});

function checkedAlert(alert: Alert): Draft<Alert> {
  const { type, threshold, comparison, period, notifications } = alert;
  const refuse = (field: string, why: string) => {
    throw badRequest(`invalid value for field '${field}': ${why}`);
  };
  const isMeasured = type === "latency" || type === "ssl_expiry";
  if (isMeasured && threshold === 0)
    refuse(
      "threshold",
      `alerts of type ${type} need one, in ${type === "latency" ? "milliseconds" : "days"}`,
    );
  if (isMeasured && comparison === "") refuse("comparison", `alerts of type ${type} need one`);
  // A certificate comes to its end without a period.
  if (period === "" && type !== "ssl_expiry") refuse("period", `alerts of type ${type} need one`);
  refuseStrangers(notifications.email, "notifications.email");
  refuseSilence(notifications, "notifications");
  return alert;
}
