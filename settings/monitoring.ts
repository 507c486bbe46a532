import { z } from "zod";
import { integer } from "./kinds.ts";
import { field } from "./schema-kit.ts";

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
      cpuPercent: field(integer(1, 100), {
        description: "CPU of droplets and database nodes, over ten minutes.",
        default: 80,
      }),
      memoryPercent: field(integer(1, 100), {
        description: "Memory of droplets and database nodes, over ten minutes.",
        default: 85,
      }),
      diskPercent: field(integer(1, 100), {
        description: "Disk of droplets and database nodes, over five minutes.",
        default: 75,
      }),
      errorPercent: field(integer(1, 10_000), {
        description: "Percent by which the load balancer's rate of 5xx answers rises.",
        default: 50,
      }),
      errorCount: field(integer(1, 1_000_000), {
        description: "By how many the load balancer's 5xx answers rise.",
        default: 5,
      }),
      responseMs: field(integer(1, 600_000), {
        description: "Milliseconds within which 95 of 100 answers of the load balancer come.",
        default: 2000,
      }),
      latencyMs: field(integer(1, 600_000), {
        description: "Milliseconds of an answer, asked for from outside.",
        default: 1500,
      }),
      certificateDays: field(integer(1, 90), {
        description: "Days that a certificate has left.",
        default: 14,
      }),
    }),
    { description: "From when it is trouble." },
  ),
});
