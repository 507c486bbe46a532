import * as z from "zod";
import type { Call } from "../../call.ts";
import { badRequest } from "../../errors.ts";
import { tagList } from "../../input.ts";
import { create, resource, update } from "../../resource.ts";
import type { Draft } from "../../store.ts";
import { Notifications, refuseSilence, refuseStrangers } from "./notifications.ts";

/** What can be watched, by the kind of thing that has it (API description, monitoring_create_alertPolicy). */
const METRICS = {
  "v1/insights/droplet/": {
    kind: "droplet",
    metrics: [
      "cpu",
      "memory_utilization_percent",
      "disk_utilization_percent",
      "load_1",
      "load_5",
      "load_15",
      "disk_read",
      "disk_write",
      "public_outbound_bandwidth",
      "public_inbound_bandwidth",
      "private_outbound_bandwidth",
      "private_inbound_bandwidth",
    ],
  },
  "v1/insights/lbaas/": {
    kind: "load balancer",
    metrics: [
      "avg_cpu_utilization_percent",
      "connection_utilization_percent",
      "droplet_health",
      "tls_connections_per_second_utilization_percent",
      "increase_in_http_error_rate_percentage_5xx",
      "increase_in_http_error_rate_percentage_4xx",
      "increase_in_http_error_rate_count_5xx",
      "increase_in_http_error_rate_count_4xx",
      "high_http_request_response_time",
      "high_http_request_response_time_50p",
      "high_http_request_response_time_95p",
      "high_http_request_response_time_99p",
    ],
  },
  "v1/dbaas/alerts/": {
    kind: "database cluster",
    metrics: ["load_15_alerts", "memory_utilization_alerts", "disk_utilization_alerts", "cpu_alerts"],
  },
  "v1/droplet/autoscale_alerts/": {
    kind: "autoscale pool",
    metrics: [
      "current_instances",
      "target_instances",
      "current_cpu_utilization",
      "target_cpu_utilization",
      "current_memory_utilization",
      "target_memory_utilization",
      "scale_up",
      "scale_down",
    ],
  },
};
const KINDS = new Map(
  Object.entries(METRICS).flatMap(([prefix, { kind, metrics }]) =>
    metrics.map((metric) => [prefix + metric, kind] as const),
  ),
);

const Policy = z.object({
  type: z.enum([...KINDS.keys()]),
  description: z.string(),
  compare: z.enum(["GreaterThan", "LessThan"]),
  value: z.number().min(0),
  window: z.enum(["5m", "10m", "30m", "1h"]),
  entities: z
    .array(z.string())
    .nullish()
    .transform((ids) => ids ?? []),
  tags: tagList,
  alerts: Notifications,
  enabled: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
});
type Policy = z.output<typeof Policy>;

export const policies = resource<Policy>({
  kind: "alert policy",
  path: "/v2/monitoring/alerts",
  roots: ["policy", "policies"],
  invalid: badRequest,

  create: create({ input: Policy, status: 200, make: checked }),
  update: {
    PUT: update({ input: Policy, apply: (policy, input, call) => ({ ...policy, ...checked(input, call) }) }),
  },
  remove: {},

  view: ({ id, type, description, compare, value, window, entities, tags, alerts, enabled }) => ({
    uuid: id,
    type,
    description,
    compare,
    value,
    window,
    entities,
    tags,
    alerts,
    enabled,
  }),
  row: ({ type, compare, value, window, enabled }) => ({
    state: enabled ? "enabled" : "disabled",
    detail: `${type} ${compare === "GreaterThan" ? ">" : "<"} ${value} for ${window}`,
  }),
});

function checked(policy: Policy, call: Call): Draft<Policy> {
  refuseStrangers(policy.alerts.email, "alerts.email");
  refuseSilence(policy.alerts, "alerts");
  const kind = KINDS.get(policy.type) ?? "";
  for (const [at, id] of policy.entities.entries())
    if (!call.store.get(kind, "", id))
      throw badRequest(`invalid value for field 'entities[${at}]': there is no ${kind} '${id}'`);
  return { ...policy, name: policy.description };
}
