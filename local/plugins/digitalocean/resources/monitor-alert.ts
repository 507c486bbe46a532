/** An alert policy (terraform-provider-digitalocean: resource_monitor_alert). */
import { boolean, number, object, oneOf, type Properties, set, string } from "../../provider/schema.ts";
import { tag } from "../database.ts";
import { notifications } from "../notifications.ts";
import { rest } from "../rest.ts";

/** Without those of autoscale pools, which the API alone knows. */
const metrics = {
  "v1/insights/droplet": [
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
  "v1/insights/lbaas": [
    "avg_cpu_utilization_percent",
    "connection_utilization_percent",
    "droplet_health",
    "tls_connections_per_second_utilization_percent",
    "increase_in_http_error_rate_percentage_4xx",
    "increase_in_http_error_rate_percentage_5xx",
    "increase_in_http_error_rate_count_4xx",
    "increase_in_http_error_rate_count_5xx",
    "high_http_request_response_time",
    "high_http_request_response_time_50p",
    "high_http_request_response_time_95p",
    "high_http_request_response_time_99p",
  ],
  "v1/dbaas/alerts": ["load_15_alerts", "memory_utilization_alerts", "disk_utilization_alerts", "cpu_alerts"],
};
const types = Object.entries(metrics).flatMap(([area, names]) => names.map((name) => `${area}/${name}`));

const properties: Properties = {
  type: string({ required: true, check: oneOf(...types) }),
  compare: string({ required: true, check: oneOf("GreaterThan", "LessThan") }),
  description: string({ required: true }),
  enabled: boolean({ default: true }),
  /** The official plugin's client has it in single precision. */
  value: number({
    required: true,
    read: (raw) => (typeof raw === "number" ? Math.fround(raw) : null),
    check: (value) => (typeof value === "number" && value < 0 ? "must be at least 0" : undefined),
  }),
  tags: set(tag),
  alerts: object(notifications, { required: true }),
  entities: set(string()),
  window: string({ required: true, check: oneOf("5m", "10m", "30m", "1h") }),
  /** The official plugin never fills it in: the id of the resource has it. */
  uuid: string({ output: true, api: false }),
};

export default rest({
  noun: "alert policy",
  path: "/v2/monitoring/alerts",
  root: "policy",
  key: "uuid",
  update: "PUT",
  mustExist: true,
  properties,
});
