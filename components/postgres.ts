import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { guarded, InvalidArguments } from "./base.ts";
import type { PostgresVersion } from "./catalog.ts";
import { postgresCosts } from "./costs.ts";
import { ManagedDatabase } from "./database.ts";
import { grantsSql } from "./grants.ts";
import type { PostgresAdministration, PostgresArgs, PostgresConnection } from "./postgres-args.ts";
import { postgresProblems } from "./postgres-rules.ts";

/**
 * A managed PostgreSQL cluster with its databases, their users and their pools. It brings a daily backup, kept for seven
 * days and lost with the cluster.
 */
export class Postgres extends ManagedDatabase implements PostgresAdministration {
  readonly version: PostgresVersion;
  /** The first database, its user and its URIs. */
  readonly database: string;
  readonly user: string;
  readonly uri: pulumi.Output<string>;
  readonly poolUri: pulumi.Output<string> | undefined;
  /** All databases by name. */
  readonly connections: ReadonlyMap<string, PostgresConnection>;
  readonly adminUser: pulumi.Output<string>;
  readonly adminPassword: pulumi.Output<string>;
  readonly sslMode: "verify-full" | "require";
  readonly grantsSql: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = postgresProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { version, databases, pools = [], protection, transform, storageAutoscale } = args;
    const engine = {
      engine: "pg" as const,
      version,
      storageSizeMib: args.storageMib?.toString(),
      // Whatever is left out of the block is sent as 0, which the platform refuses.
      storageAutoscale: storageAutoscale && { enabled: true, incrementGib: 10, ...storageAutoscale },
    };
    const ignoreChanges = storageAutoscale && ["storageSizeMib"];
    super(
      "breakwater:data:Postgres",
      name,
      args,
      { engine, ignoreChanges, costs: postgresCosts(args) },
      { databases, pools },
      opts,
    );
    const sslMode = args.sslMode ?? "verify-full";
    if (sslMode !== "verify-full") this.warn(`sslMode ${sslMode} lets clients believe any certificate`);
    const { cluster, behindFirewall } = this;
    const inCluster = { clusterId: cluster.id };
    const importOf = (part: "databases" | "users" | "pools", member: string) =>
      args.import?.[part]?.includes(member) ? `${args.import.cluster},${member}` : undefined;

    this.child(
      digitalocean.DatabasePostgresqlConfig,
      "config",
      {
        ...inCluster,
        idleInTransactionSessionTimeout: 60_000,
        logMinDurationStatement: 1000,
        ...args.config,
      },
      behindFirewall,
      transform?.config,
    );
    const users = new Map(
      [...new Set(databases.map(({ user }) => user))].map((user) => [
        user,
        this.child(
          digitalocean.DatabaseUser,
          `user-${user}`,
          { ...inCluster, name: user },
          {
            ...behindFirewall,
            ...guarded(protection, "users", "cluster"),
            import: importOf("users", user),
          },
          transform?.user,
        ),
      ]),
    );
    const dbs = new Map(
      databases.map((database) => [
        database.name,
        this.child(
          digitalocean.DatabaseDb,
          `db-${database.name}`,
          { ...inCluster, name: database.name },
          {
            ...behindFirewall,
            ...guarded(protection, "databases", "cluster"),
            import: importOf("databases", database.name),
          },
          transform?.database,
        ),
      ]),
    );
    const userOf = (database: string) => databases.find(({ name }) => name === database)?.user;
    const poolResources = pools.map((pool) => ({
      database: pool.database,
      resource: this.child(
        digitalocean.DatabaseConnectionPool,
        `pool-${pool.name}`,
        {
          ...inCluster,
          name: pool.name,
          dbName: pool.database,
          user: userOf(pool.database),
          mode: pool.mode ?? "transaction",
          size: pool.size,
        },
        {
          dependsOn: [behindFirewall.dependsOn, ...users.values(), ...dbs.values()],
          deletedWith: cluster,
          import: importOf("pools", pool.name),
          // Every change replaces a pool, and its name is taken as long as the old one lives.
          deleteBeforeReplace: true,
        },
        transform?.pool,
      ),
    }));

    this.version = version;
    const members = [...users.values(), ...dbs.values()].map((member) => member.name);
    this.grantsSql = pulumi.all(members).apply(() => grantsSql(databases));
    this.adminUser = cluster.user;
    this.adminPassword = pulumi.secret(cluster.password);
    this.sslMode = sslMode;
    this.connections = new Map(
      databases.map(({ name: database, user }) => {
        const password = users.get(user)?.password;
        const pool = poolResources.find((candidate) => candidate.database === database)?.resource;
        return [
          database,
          {
            database,
            user,
            // The database's own name rather than the argument: whoever has the URI finds the database there.
            uri: uri(
              user,
              password,
              cluster.privateHost,
              cluster.port,
              dbs.get(database)?.name ?? database,
              sslMode,
            ),
            poolUri: pool && uri(user, password, pool.privateHost, pool.port, pool.name, sslMode),
          },
        ];
      }),
    );
    const first = this.connection(databases[0]?.name ?? "");
    this.database = first.database;
    this.user = first.user;
    this.uri = first.uri;
    this.poolUri = first.poolUri;
    this.registerOutputs({
      clusterId: this.clusterId,
      clusterName: this.clusterName,
      host: this.host,
      port: this.port,
      database: this.database,
      user: this.user,
      uri: this.uri,
      poolUri: this.poolUri,
      monthlyCost: this.monthlyCost,
    });
  }

  /** How to reach `database`. @throws RunError when the component has no such database. */
  connection(database: string): PostgresConnection {
    const found = this.connections.get(database);
    if (!found)
      throw new pulumi.RunError(
        `no database ${database}: there is ${[...this.connections.keys()].join(", ")}`,
      );
    return found;
  }
}

function uri(
  user: string,
  password: pulumi.Input<string | undefined>,
  host: pulumi.Input<string>,
  port: pulumi.Input<number>,
  database: pulumi.Input<string>,
  sslMode: string,
): pulumi.Output<string> {
  return pulumi.secret(
    pulumi
      .all([user, password, host, port, database])
      .apply(
        ([u, p, h, n, d]) =>
          `postgresql://${encodeURIComponent(u)}:${encodeURIComponent(p ?? "")}@${h}:${n}/${d}?sslmode=${sslMode}`,
      ),
  );
}
