import { z } from "zod";
import { integer } from "./kinds.ts";
import { field } from "./schema-kit.ts";

const upTo = (max: number, usual: number, description: string) =>
  field(integer(1, max), { description, default: usual });

/** Settings of alerts on load balancer, droplets and databases, and of checks from outside. An app has its own, in `app.alerts`. */
export const monitoring = z.strictObject({
  enabled: field(z.boolean(), { description: "Watch at all.", default: true }),
  emails: field(z.array(z.email()).min(1).optional(), {
    description: "Team members to write to; without any, and without Slack, the account's own address.",
    allowed: "must be an e-mail address",
  }),
  slackChannel: field(z.string().regex(/^#/).optional(), {
    description: "Slack channel to write to; needs `breakwater:slackWebhook`.",
    allowed: "must start with #",
  }),
  thresholds: field(
    z.strictObject({
      cpuPercent: upTo(100, 80, "CPU of droplets and database nodes, over ten minutes."),
      memoryPercent: upTo(100, 85, "Memory of droplets and database nodes, over ten minutes."),
      diskPercent: upTo(100, 75, "Disk of droplets and database nodes, over five minutes."),
      errorPercent: upTo(10_000, 50, "Percent by which the load balancer's rate of 5xx answers rises."),
      errorCount: upTo(1_000_000, 5, "By how many the load balancer's 5xx answers rise."),
      responseMs: upTo(
        600_000,
        2000,
        "Milliseconds within which 95 of 100 answers of the load balancer come.",
      ),
      latencyMs: upTo(600_000, 1500, "Milliseconds of an answer, asked for from outside."),
      certificateDays: upTo(90, 14, "Days that a certificate has left."),
    }),
    { description: "From when it is trouble." },
  ),
});
