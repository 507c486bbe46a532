import * as z from "zod";
import type { Cluster } from "./cluster.ts";

/** https://docs.digitalocean.com/reference/api/ (databases_update_autoscale). */
export const Autoscale = z.object({
  enabled: z.boolean(),
  // Clients with optional numbers send 0 for none.
  threshold_percent: z
    .int()
    .min(15)
    .max(95)
    .or(z.literal(0))
    .nullish()
    .transform((percent) => percent || undefined),
  increment_gib: z
    .int()
    .min(10)
    .max(500)
    .or(z.literal(0))
    .nullish()
    .transform((gib) => gib || undefined),
});

const HOST_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+$/;
export const Cnames = z.array(z.string().max(253).regex(HOST_NAME, "is not a host name")).max(16);

/** Absent until it was set once. The API description calls it `autoscale.storage`, godo reads `storage_autoscale`. */
export function autoscaleView(cluster: Cluster): object {
  return cluster.autoscale
    ? { autoscale: { storage: cluster.autoscale }, storage_autoscale: cluster.autoscale }
    : {};
}
