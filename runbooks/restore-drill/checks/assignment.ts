import { z } from "zod";

/** What a drill's checks are told, as JSON. */

export const address = z.object({ uri: z.string(), ca: z.string().optional() });

/** The bucket of the dumps, with a key for it. */
export const store = z.object({
  endpoint: z.string(),
  bucket: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});

/** The product's databases, each as the user whom it belongs to, and the canary's. */
export const cluster = z.object({ product: z.array(address).min(1), canary: address.optional() });

export const assignment = z.object({
  id: z.string(),
  engine: z.enum(["pg", "mongodb", "valkey"]),
  /** What the restored data must be as of, ISO 8601. */
  target: z.string(),
  /** The product's databases, and the canary's, in the restored cluster. */
  restored: cluster,
  /** The same in the cluster that it stands for. Left out when that is lost. */
  source: cluster.optional(),
  /** What fills the product's databases, which then are empty: the dumps of these moments, by database. */
  dumps: z.object({ store, identity: z.string(), of: z.record(z.string(), z.string()) }).optional(),
  /** Where a dump of now goes, and whom it is encrypted for: `dumps/now.ts`. */
  dump: z.object({ store, recipients: z.array(z.string()) }).optional(),
  periodSeconds: z.number(),
  /** Queries of the product, by name: SQL, or `{"collection": ..., "filter": ...}` for MongoDB. Each must find something in its first database. */
  queries: z.record(z.string(), z.string()).default({}),
  /** Seconds within which the restored cluster must let the checks in. */
  patienceSeconds: z.number().default(300),
  /** Seconds that reading may take; what comes after is counted by the server's estimate, and told. */
  budgetSeconds: z.number().default(1200),
});

export type Assignment = z.output<typeof assignment>;
