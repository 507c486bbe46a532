import { z } from "zod";
import { mongoSizes, mongoVersions } from "../components/catalog.ts";
import { readConcerns } from "../components/mongo-rules.ts";
import {
  caCertificate,
  clusterName,
  databases,
  engineVersion,
  has,
  maintenance,
  provision,
  takenOver,
  trustedSources,
} from "./database.ts";
import { users } from "./generation.ts";
import { ha, integer } from "./kinds.ts";
import { type Defaults, field } from "./schema-kit.ts";

/** Settings of the MongoDB cluster. */
export const mongo = z.strictObject({
  provision: provision("mongoUri"),
  version: field(engineVersion(mongoVersions), {
    description: "Version. A higher one upgrades in place; there is no way back.",
    default: "8.0",
    effect: "restarts",
    allowed: `must be one of ${mongoVersions.join(", ")}`,
  }),
  size: field(z.enum(mongoSizes), {
    description: "Plan of each node. Resized in place; a disk never gets smaller, nor grows by itself.",
    default: (c: Defaults) => (ha(c) ? "db-s-1vcpu-2gb" : "db-s-1vcpu-1gb"),
    effect: "restarts",
  }),
  nodeCount: field(z.literal([1, 3]), {
    description: "1, or 3 that survive the loss of one. There is no cluster of two.",
    default: (c: Defaults) => (ha(c) ? 3 : 1),
    allowed: "must be 1 or 3",
  }),
  databases: databases("Its user; never `doadmin`. One user may have several databases."),
  ...users,
  config: field(
    z.strictObject({
      defaultReadConcern: field(z.enum(readConcerns).optional(), {
        description: "What a read may return whose client doesn't say. MongoDB's own default is `local`.",
      }),
      defaultWriteConcern: field(z.string().regex(/^(majority|\d+)$/), {
        description: "Nodes that must have a write before it is acknowledged: `majority`, or a number.",
        default: "majority",
        allowed: "must be majority or a number",
      }),
      transactionLifetimeLimitSeconds: field(integer(1, 86_400).optional(), {
        description: "Seconds after which a transaction is aborted. MongoDB's own default is 60.",
        effect: "restarts",
      }),
      slowOpThresholdMs: field(integer(0, 86_400_000).optional(), {
        description: "Milliseconds from which an operation is logged as slow. MongoDB's own default is 100.",
        effect: "restarts",
      }),
    }),
    { description: "Settings of the engine." },
  ),
  trustedSources,
  maintenance,
  name: clusterName("mongo"),
  import: takenOver({
    databases: has("Databases that it has already. Users are never taken over: the stack makes its own."),
  }),
  caCertificate,
});
