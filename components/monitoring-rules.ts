import type { MonitoringArgs, Thresholds } from "./monitoring-args.ts";

/** A policy of DigitalOcean's monitoring, without what it looks at. */
export interface AlertRule {
  /** Suffix of its logical name. */
  key: string;
  /** What it says when it goes off. */
  description: string;
  /** Metric, by DigitalOcean's name. */
  type: string;
  /** Which side of `value` is trouble. */
  compare: "GreaterThan" | "LessThan";
  /** In the unit of the metric. */
  value: number;
  /** Time that the metric is averaged over. */
  window: "5m" | "10m" | "30m" | "1h";
}

const above = (
  key: string,
  type: string,
  value: number,
  description: string,
  window: AlertRule["window"] = "5m",
): AlertRule => ({ key, description, type, compare: "GreaterThan", value, window });

/** The policies of each kind of resource. */
export const alertRules = {
  loadBalancer: ({ errorCount = 5, errorPercent = 50, responseMs = 2000 }: Thresholds): AlertRule[] => {
    const metric = (name: string) => `v1/insights/lbaas/${name}`;
    return [
      above("5xx-count", metric("increase_in_http_error_rate_count_5xx"), errorCount, "more 5xx answers"),
      above(
        "5xx-rate",
        metric("increase_in_http_error_rate_percentage_5xx"),
        errorPercent,
        "a higher rate of 5xx answers",
      ),
      // In seconds, as DigitalOcean's control panel has it.
      above("slow", metric("high_http_request_response_time_95p"), responseMs / 1000, "slow answers"),
      above(
        "connections",
        metric("connection_utilization_percent"),
        80,
        "nearly all connections of the load balancer in use",
      ),
    ];
  },
  droplets: ({ cpuPercent = 80, memoryPercent = 85, diskPercent = 75 }: Thresholds): AlertRule[] => {
    const metric = (name: string) => `v1/insights/droplet/${name}`;
    return [
      above("cpu", metric("cpu"), cpuPercent, "CPU of droplets", "10m"),
      above("memory", metric("memory_utilization_percent"), memoryPercent, "memory of droplets", "10m"),
      above("disk", metric("disk_utilization_percent"), diskPercent, "disk of droplets"),
    ];
  },
  database: (
    name: string,
    vcpus: number,
    { cpuPercent = 80, memoryPercent = 85, diskPercent = 75 }: Thresholds,
  ): AlertRule[] => {
    const metric = (of: string) => `v1/dbaas/alerts/${of}`;
    return [
      above("cpu", metric("cpu_alerts"), cpuPercent, `CPU of ${name}`, "10m"),
      above("memory", metric("memory_utilization_alerts"), memoryPercent, `memory of ${name}`, "10m"),
      above("disk", metric("disk_utilization_alerts"), diskPercent, `disk of ${name}`),
      above("load", metric("load_15_alerts"), 2 * vcpus, `load of ${name}`, "10m"),
    ];
  },
};

/** An alert of an uptime check. */
export interface UptimeRule {
  /** Suffix of its logical name. */
  key: string;
  /** What it looks at. */
  type: "down" | "down_global" | "latency" | "ssl_expiry";
  /** Which side of the threshold is trouble. @default none, for checks that are up or down */
  comparison?: "greater_than" | "less_than";
  /** Milliseconds of latency, or days of a certificate. @default none, for checks that are up or down */
  threshold?: number;
  /** How long trouble lasts before it is told. */
  period: "2m" | "3m" | "5m" | "10m" | "15m" | "30m" | "1h";
}

/** The alerts of an uptime check. */
export function uptimeRules({ latencyMs = 1500, certificateDays = 14 }: Thresholds): UptimeRule[] {
  return [
    { key: "down", type: "down", period: "2m" },
    { key: "down-global", type: "down_global", period: "2m" },
    { key: "latency", type: "latency", comparison: "greater_than", threshold: latencyMs, period: "5m" },
    {
      key: "ssl-expiry",
      type: "ssl_expiry",
      comparison: "less_than",
      threshold: certificateDays,
      period: "1h",
    },
  ];
}

/** What is wrong with these arguments, one line each. */
export function monitoringProblems({ emails, thresholds = {} }: MonitoringArgs): string[] {
  const problems: string[] = [];
  for (const email of emails ?? [])
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) problems.push(`emails ${email} must be an e-mail address`);
  if (emails?.length === 0) problems.push("emails must have at least one entry");
  for (const key of ["cpuPercent", "memoryPercent", "diskPercent"] as const) {
    const value = thresholds[key];
    if (value !== undefined && (value < 1 || value > 100))
      problems.push(`thresholds.${key} ${value} must be 1 to 100`);
  }
  return problems;
}
