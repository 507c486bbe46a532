import type * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import type { Protection, Transform } from "./base.ts";
import type { PostgresSize, PostgresVersion } from "./catalog.ts";
import type { DatabaseArgs, DatabaseTransforms } from "./database-args.ts";
import type { Generation } from "./generation.ts";
import type { PoolMode } from "./postgres-rules.ts";

/** A database and the one user that works in it. */
export interface PostgresDatabase {
  /** Lower case, 63 characters at most. **A change replaces the database: its data is lost.** */
  name: string;
  /** Its user, who may create tables in it. One user may have several databases. Never `doadmin`. */
  user: string;
}

/** A PgBouncer pool in front of one database, used as that database's user. */
export interface PostgresPool {
  /** **Any change to a pool replaces it**: its clients reconnect. */
  name: string;
  /** One of the component's databases. */
  database: string;
  /** When a server connection goes back to the pool. @default "transaction" */
  mode?: PoolMode;
  /** Server connections that the pool holds. All pools together must fit the plan: 25 for each GiB, less 3. */
  size: number;
}

/** Timeouts and the time of the daily backup. A change is applied in place, without a restart. */
export interface PostgresConfig {
  /** Hour of the daily backup, UTC, 0 to 23. @default chosen by DigitalOcean */
  backupHour?: number;
  /** Minute of the daily backup, 0 to 59. @default chosen by DigitalOcean */
  backupMinute?: number;
  /** Milliseconds after which an idle transaction is ended, so that it can't hold locks. @default 60000 */
  idleInTransactionSessionTimeout?: number;
  /** Milliseconds from which a statement is logged. @default 1000 */
  logMinDurationStatement?: number;
  /** Milliseconds to wait for a lock before looking for a deadlock. @default 1000, PostgreSQL's own */
  deadlockTimeout?: number;
}

export type PostgresPart = "cluster" | "databases" | "users";

/**
 * `generation` **gives every user a new password** when it is raised, by way of new users and pools: `app` is followed by `app-2`. Users
 * are protected: only those of a previous generation that is kept can go. From the second generation on, what is in a database belongs
 * to a role `<user>_owner`, which its users are members of.
 */
export interface PostgresArgs extends DatabaseArgs<PostgresSize>, Generation {
  /** Major version, as the API writes it. A change upgrades in place, with downtime; there is no way back. */
  version: PostgresVersion;
  /** 1 to 3: the primary and its standbys. More than one needs 2 GiB of memory. */
  nodeCount: number;
  /** Databases with their users. The first is the component's `database`, `user` and `uri`. At least one. */
  databases: PostgresDatabase[];
  /** Connection pools. @default none */
  pools?: PostgresPool[];
  /** @default see {@link PostgresConfig} */
  config?: PostgresConfig;
  /**
   * Disk of a node in MiB, a multiple of 1024; each plan has its range. With `storageAutoscale` this is where it
   * starts. @default the plan's own
   */
  storageMib?: number;
  /**
   * Grows the disk when it is `thresholdPercent` (15 to 95) full, by `incrementGib` (10 to 500, default 10). To switch
   * it off again, set `enabled` to false: leaving it out changes nothing.
   * @default as the platform has it: off
   */
  storageAutoscale?: { enabled?: boolean; thresholdPercent: number; incrementGib?: number };
  /**
   * What clients must verify. `require` encrypts but believes any certificate, so that someone in between can read
   * along: warned about. @default "verify-full", with the authority in `caCertificate`
   */
  sslMode?: "verify-full" | "require";
  /** Ids to take over instead of creating: the cluster, and which of the databases, users and pools it has already. @default none */
  import?: { cluster: string; databases?: string[]; users?: string[]; pools?: string[] };
  /** How replacement and deletion of cluster, databases and users are met. @default protected and retained */
  protection?: Protection<PostgresPart>;
  /** Changes the wrapped resources; `database`, `user` and `pool` are applied to each. @default unchanged */
  transform?: DatabaseTransforms & {
    config?: Transform<digitalocean.DatabasePostgresqlConfigArgs>;
    database?: Transform<digitalocean.DatabaseDbArgs>;
    user?: Transform<digitalocean.DatabaseUserArgs>;
    pool?: Transform<digitalocean.DatabaseConnectionPoolArgs>;
  };
}

/** How to reach one database. All URIs name the host inside the VPC. */
export interface PostgresConnection {
  /** Name of the database. */
  database: string;
  /** Who works in it, with its generation. */
  user: string;
  /** `postgresql://` URI of the cluster, secret. */
  uri: pulumi.Output<string>;
  /** The same through the database's first pool, secret; undefined when it has none. */
  poolUri: pulumi.Output<string> | undefined;
}

/** What it takes to work in the databases with administrator's rights, from inside the VPC. */
export interface PostgresAdministration {
  /** Major version, which psql must at least have. */
  version: PostgresVersion;
  /** Host name inside the VPC. */
  host: pulumi.Output<string>;
  /** Port of the cluster itself, not of a pool. */
  port: pulumi.Output<number>;
  /** `doadmin`. */
  adminUser: pulumi.Output<string>;
  /** Secret. */
  adminPassword: pulumi.Output<string>;
  /** What a client must verify. */
  sslMode: "verify-full" | "require";
  /** PEM text of the authority that signs the cluster's certificate. */
  caCertificate: pulumi.Output<string>;
  /**
   * Statements for psql that give each user its rights; running them again changes nothing. Known when all users and
   * databases are there.
   */
  grantsSql: pulumi.Output<string>;
  /** What the statements need to know of users, by environment variable. Secret. */
  grantsSecrets: Record<string, pulumi.Output<string>>;
}
