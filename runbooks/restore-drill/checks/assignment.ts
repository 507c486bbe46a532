import { z } from "zod";

/** What a drill's checks are told, as JSON. */

export const address = z.object({ uri: z.string(), ca: z.string().optional() });

const content = z.object({ rows: z.number(), digest: z.string().optional() });
export const recording = z.object({
  at: z.string(),
  schema: z.string(),
  tables: z.record(z.string(), content),
});

export const assignment = z.object({
  id: z.string(),
  engine: z.enum(["pg", "mongodb"]),
  /** What the restored data must be as of, ISO 8601. */
  target: z.string(),
  /** The product's database, and the canary's, in the restored cluster. */
  restored: z.object({ product: address, canary: address.optional() }),
  /** The same in the cluster that it stands for. Left out when that is lost. */
  source: z.object({ product: address, canary: address.optional() }).optional(),
  /** Recordings from elsewhere, such as a dump's own. */
  recordings: z.array(recording).default([]),
  periodSeconds: z.number(),
  /** Queries of the product, by name: SQL, or `{"collection": ..., "filter": ...}` for MongoDB. Each must find something. */
  queries: z.record(z.string(), z.string()).default({}),
  /** Seconds within which the restored cluster must let the checks in. */
  patienceSeconds: z.number().default(300),
  /** Seconds that reading may take; what comes after is counted by the server's estimate, and told. */
  budgetSeconds: z.number().default(1200),
});

export type Assignment = z.output<typeof assignment>;
