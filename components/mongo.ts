import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { guarded, InvalidArguments } from "./base.ts";
import { mongoCosts } from "./costs.ts";
import { ManagedDatabase } from "./database.ts";
import type { MongoArgs, MongoConnection } from "./mongo-args.ts";
import { mongoProblems } from "./mongo-rules.ts";
import { mongoUri } from "./mongo-uri.ts";

/**
 * A managed MongoDB cluster with its databases and their users. It brings a daily backup, kept for seven days and lost
 * with the cluster. Writes are refused from 97 % of the disk on, so an alert belongs at 80 % or below, and storage does
 * not grow by itself: a larger `size` is the way.
 *
 * DigitalOcean shows a user's password in the answer to its creation and never again: the state has the only copy. A user
 * may do what an administrator may, in every database of the cluster (roles can't be set through the provider,
 * terraform-provider-digitalocean#1380), so what must be kept apart needs a cluster of its own.
 */
export class Mongo extends ManagedDatabase {
  /** The first database, its user and its URI. */
  readonly database: string;
  readonly user: pulumi.Output<string>;
  readonly uri: pulumi.Output<string>;
  /** All databases by name. */
  readonly connections: ReadonlyMap<string, MongoConnection>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: MongoArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = mongoProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { version, databases, protection, transform } = args;
    const engine = { engine: "mongodb" as const, version };
    super(
      "breakwater:data:Mongo",
      name,
      args,
      { engine, costs: mongoCosts(args) },
      { databases, generation: args.generation ?? 1 },
      opts,
    );
    const { cluster, behindFirewall } = this;
    const inCluster = { clusterId: cluster.id };

    this.child(
      digitalocean.DatabaseMongodbConfig,
      "config",
      { ...inCluster, defaultWriteConcern: "majority", ...args.config },
      behindFirewall,
      transform?.config,
    );
    const users = this.makeUsers(
      databases,
      args,
      // A user that stayed behind would keep its password working. With the cluster it stays, as that does.
      () => ({ ...guarded(protection, "users", "cluster"), retainOnDelete: false }),
      transform?.user,
    );
    const dbs = databases.map((database) => ({
      ...database,
      resource: this.child(
        digitalocean.DatabaseDb,
        `db-${database.name}`,
        { ...inCluster, name: database.name },
        {
          ...behindFirewall,
          ...guarded(protection, "databases", "cluster"),
          import: args.import?.databases?.includes(database.name)
            ? `${args.import.cluster},${database.name}`
            : undefined,
        },
        transform?.database,
      ),
    }));

    this.connections = new Map(
      dbs.flatMap(({ name: database, user, resource }) => {
        const login = users.get(user)?.current;
        if (!login) return [];
        const parts = pulumi.all([cluster.privateUri, login.name, login.password, resource.name]);
        const uri = pulumi.secret(parts.apply((known) => mongoUri(name, ...known)));
        return [[database, { database, user: login.name, uri }]];
      }),
    );
    const first = this.connection(databases[0]?.name ?? "");
    this.database = first.database;
    this.user = first.user;
    this.uri = first.uri;
    this.registerOutputs({
      clusterId: this.clusterId,
      clusterName: this.clusterName,
      host: this.host,
      port: this.port,
      database: this.database,
      user: this.user,
      uri: this.uri,
      monthlyCost: this.monthlyCost,
    });
  }

  /** How to reach `database`. @throws RunError when the component has no such database. */
  connection(database: string): MongoConnection {
    const found = this.connections.get(database);
    if (!found)
      throw new pulumi.RunError(
        `no database ${database}: there is ${[...this.connections.keys()].join(", ")}`,
      );
    return found;
  }
}
