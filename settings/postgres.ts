import { z } from "zod";
import { postgresSizes, postgresVersions } from "../components/catalog.ts";
import { poolModes } from "../components/postgres-rules.ts";
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
import { ha, identifier, identifierAllowed, integer } from "./kinds.ts";
import { type Defaults, field, type Neighbours } from "./schema-kit.ts";

const pool = z.strictObject({
  name: field(identifier(), {
    description: "Name of the pool. Any change to a pool replaces it: its clients reconnect.",
    effect: "replaces",
    allowed: identifierAllowed,
  }),
  database: field(identifier(), {
    description: "One of `postgres.databases`; the pool connects as its user.",
    effect: "replaces",
    allowed: identifierAllowed,
  }),
  mode: field(z.enum(poolModes), {
    description: "When a server connection goes back to the pool.",
    default: "transaction",
    effect: "replaces",
  }),
  size: field(integer(1, 997), {
    description:
      "Server connections that it holds. All pools together must fit the plan: 25 for each GiB of memory, less 3.",
    effect: "replaces",
  }),
});

/** Settings of the PostgreSQL cluster. */
export const postgres = z.strictObject({
  provision: provision("postgresUri"),
  version: field(engineVersion(postgresVersions), {
    description: "Major version. A higher one upgrades in place, with downtime; there is no way back.",
    default: "17",
    effect: "restarts",
    allowed: `must be one of ${postgresVersions.join(", ")}`,
  }),
  size: field(z.enum(postgresSizes), {
    description: "Plan of each node. Resized in place; a disk never gets smaller.",
    default: (c: Defaults) => (ha(c) ? "db-s-2vcpu-4gb" : "db-s-1vcpu-1gb"),
    effect: "restarts",
  }),
  nodeCount: field(integer(1, 3), {
    description: "The primary and its standbys. More than one needs a plan of 2 GiB or more.",
    default: (c: Defaults) => (ha(c) ? 2 : 1),
  }),
  databases: databases(
    "Its user, who may create tables in it; never `doadmin`. One user may have several databases.",
  ),
  ...users,
  pools: field(z.array(pool).max(21), {
    description: "PgBouncer pools. The product gets the first of its database as `DATABASE_POOL_URL`.",
    default: (c: Defaults, { databases }: Neighbours) => {
      const [first] = z.array(z.object({ name: z.string() })).safeParse(databases).data ?? [];
      const name = first?.name ?? "app";
      return [{ name: `${name}-pool`, database: name, size: ha(c) ? 40 : 10 }];
    },
  }),
  trustedSources,
  config: field(
    z.strictObject({
      backupHour: field(integer(0, 23), { description: "Hour of the daily backup, UTC.", default: 2 }),
      backupMinute: field(integer(0, 59), { description: "Minute of the daily backup.", default: 30 }),
      idleInTransactionSessionTimeout: field(integer(0, 604_800_000), {
        description: "Milliseconds after which an idle transaction is ended.",
        default: 60_000,
      }),
      logMinDurationStatement: field(integer(-1, 86_400_000), {
        description: "Milliseconds from which a statement is logged; -1 logs none.",
        default: 1000,
      }),
      deadlockTimeout: field(integer(500, 1_800_000).optional(), {
        description:
          "Milliseconds to wait for a lock before looking for a deadlock. PostgreSQL's own default is 1000.",
      }),
    }),
    { description: "Timeouts and the time of the daily backup." },
  ),
  maintenance,
  storageMib: field(z.number().int().multipleOf(1024).min(1024).optional(), {
    description: "Disk of a node in MiB, a multiple of 1024. Each plan has its range; it never gets smaller.",
    allowed: "must be a multiple of 1024",
  }),
  storageAutoscale: field(
    z
      .strictObject({
        enabled: field(z.boolean(), {
          description: "`false` switches it off again; leaving the whole setting out changes nothing.",
          default: true,
        }),
        thresholdPercent: field(integer(15, 95), {
          description: "How full the disk gets first.",
          default: 80,
        }),
        incrementGib: field(integer(10, 500), { description: "By how much it grows.", default: 10 }),
      })
      .optional(),
    {
      description: "Grows the disk when it fills up.",
      default: (c: Defaults) => (c.environment === "prod" ? {} : undefined),
    },
  ),
  sslMode: field(z.enum(["verify-full", "require"]), {
    description:
      "What clients verify. `require` believes any certificate, and is warned about. The authority comes as `DATABASE_CA_CERT`.",
    default: "verify-full",
    effect: "restarts",
  }),
  name: clusterName("pg"),
  import: takenOver({
    databases: has("Databases that it has already."),
    users: has("Users that it has already."),
    pools: has("Pools that it has already."),
  }),
  caCertificate,
});
