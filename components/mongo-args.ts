import type * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import type { Protection, Transform } from "./base.ts";
import type { MongoSize, MongoVersion } from "./catalog.ts";
import type { DatabaseArgs, DatabaseTransforms } from "./database-args.ts";
import type { Generation } from "./generation.ts";
import type { ReadConcern } from "./mongo-rules.ts";

/** A database and the user whose URI the product gets. */
export interface MongoDatabase {
  /** Lower case: app specifications take no capitals in it. **A change replaces the database: its data is lost.** */
  name: string;
  /** Its user. One user may have several databases. Never `doadmin`. **A change makes another user.** */
  user: string;
}

/** Settings of the engine. What is left out stays as the platform has it. */
export interface MongoConfig {
  /** What a read may return whose client doesn't say. @default "local", the platform's own */
  defaultReadConcern?: ReadConcern;
  /** Nodes that must have a write before it is acknowledged: `majority`, or a number. @default "majority" */
  defaultWriteConcern?: string;
  /** Seconds after which a transaction is aborted. **A change restarts the nodes.** @default 60, the platform's own */
  transactionLifetimeLimitSeconds?: number;
  /** Milliseconds from which an operation is logged as slow. **A change restarts the nodes.** @default 100, the platform's own */
  slowOpThresholdMs?: number;
}

export type MongoPart = "cluster" | "databases" | "users";

/**
 * `generation` **gives every user a new password** when it is raised. DigitalOcean shows a password once, so that means new users: `app` is
 * followed by `app-2`. Users are protected: only those of a previous generation that is kept can go.
 */
export interface MongoArgs extends DatabaseArgs<MongoSize>, Generation {
  /** Version, as the API writes it: `8.0`. A change upgrades in place; there is no way back. */
  version: MongoVersion;
  /** 1 or 3. Three survive the loss of one; there is no cluster of two. */
  nodeCount: number;
  /** Databases with their users. The first is the component's `database`, `user` and `uri`. At least one. */
  databases: MongoDatabase[];
  /** @default see {@link MongoConfig} */
  config?: MongoConfig;
  /**
   * Ids to take over instead of creating: the cluster, and which of the databases it has already. Never users: nobody can
   * ask for their passwords again, so the component makes its own, whose names must be free.
   * @default none
   */
  import?: { cluster: string; databases?: string[] };
  /** How replacement and deletion of cluster, databases and users are met. @default protected and retained */
  protection?: Protection<MongoPart>;
  /** Changes the wrapped resources; `database` and `user` are applied to each. @default unchanged */
  transform?: DatabaseTransforms & {
    config?: Transform<digitalocean.DatabaseMongodbConfigArgs>;
    database?: Transform<digitalocean.DatabaseDbArgs>;
    user?: Transform<digitalocean.DatabaseUserArgs>;
  };
}

/** How to reach one database. */
export interface MongoConnection {
  /** Name of the database. */
  database: string;
  /** Who works in it; with its generation. */
  user: pulumi.Output<string>;
  /** Secret URI that names the hosts inside the VPC, with TLS. Whoever uses it verifies with `caCertificate`. */
  uri: pulumi.Output<string>;
}
