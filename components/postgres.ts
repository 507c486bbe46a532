import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { guarded, InvalidArguments } from "./base.ts";
import type { PostgresVersion } from "./catalog.ts";
import { postgresCosts } from "./costs.ts";
import { ManagedDatabase } from "./database.ts";
import { bothOf, forGenerations, generationName } from "./generation.ts";
import { grantsSql, passwordVariable, sharedGrantsSql } from "./grants.ts";
import type {
  PostgresAdministration,
  PostgresArgs,
  PostgresConnection,
  PostgresPool,
} from "./postgres-args.ts";
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
  readonly grantsSecrets: Record<string, pulumi.Output<string>>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = postgresProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { version, databases, pools = [], generation = 1, protection, transform, storageAutoscale } = args;
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
      { databases, pools, ...(generation > 1 && { generation }) },
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
    const users = this.makeUsers(
      databases,
      args,
      (user) => ({ ...guarded(protection, "users", "cluster"), import: importOf("users", user) }),
      transform?.user,
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
    const everyone = [...users.values()].flatMap(bothOf);
    const userOf = (database: string) => databases.find(({ name }) => name === database)?.user ?? "";
    // A pool signs in as its user, and goes with it.
    const makePool = (pool: PostgresPool, each: number, isCurrent: boolean) =>
      this.child(
        digitalocean.DatabaseConnectionPool,
        generationName(`pool-${pool.name}`, each),
        {
          ...inCluster,
          name: generationName(pool.name, each),
          dbName: pool.database,
          user: generationName(userOf(pool.database), each),
          mode: pool.mode ?? "transaction",
          size: pool.size,
        },
        {
          dependsOn: [behindFirewall.dependsOn, ...everyone, ...dbs.values()],
          deletedWith: cluster,
          import: isCurrent ? importOf("pools", pool.name) : undefined,
          // Every change replaces a pool, and its name is taken as long as the old one lives.
          deleteBeforeReplace: true,
        },
        transform?.pool,
      );
    const poolResources = pools.map((pool) => ({
      database: pool.database,
      resource: forGenerations(args, (each, isCurrent) => makePool(pool, each, isCurrent)).current,
    }));

    this.version = version;
    const logins = [...users].flatMap(([user, both]) => bothOf(both).map((login) => ({ user, login })));
    const isShared = generation > 1;
    const names = logins.map(({ login }) => login.name);
    const made = pulumi.all([names, [...dbs.values()].map((database) => database.name)]);
    this.grantsSql = made.apply(([loginNames]) => {
      if (!isShared) return grantsSql(databases);
      return sharedGrantsSql(
        databases,
        logins.map(({ user }, index) => ({ user, name: loginNames[index] ?? user })),
      );
    });
    this.grantsSecrets = isShared
      ? Object.fromEntries(
          logins.map(({ login }, index) => [passwordVariable(index), pulumi.secret(login.password)]),
        )
      : {};
    this.adminUser = cluster.user;
    this.adminPassword = pulumi.secret(cluster.password);
    this.sslMode = sslMode;
    this.connections = new Map(
      databases.map(({ name: database, user: first }) => {
        const user = generationName(first, generation);
        const password = users.get(first)?.current.password;
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
