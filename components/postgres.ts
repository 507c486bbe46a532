import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { answerOf, Component, guarded, InvalidArguments } from "./base.ts";
import type { PostgresVersion } from "./catalog.ts";
import { trustedSourceProblem } from "./cidr.ts";
import { grantsSql } from "./grants.ts";
import type { PostgresAdministration, PostgresArgs, PostgresConnection } from "./postgres-args.ts";
import { postgresProblems } from "./postgres-rules.ts";

/**
 * A managed PostgreSQL cluster that only its VPC can reach.
 *
 * DigitalOcean creates a cluster open to the internet and has no switch against it, so the firewall is the first thing
 * made after the cluster, and everything else waits for it. The component owns the whole list of trusted sources.
 * A cluster brings a daily backup, kept for seven days and lost with the cluster.
 *
 * When its creation fails while waiting, the cluster may exist, and cost money, without being in the state: adopt it with
 * `import` (terraform-provider-digitalocean#728).
 */
export class Postgres extends Component implements PostgresAdministration {
  readonly version: PostgresVersion;
  readonly clusterId: pulumi.Output<string>;
  readonly clusterName: pulumi.Output<string>;
  /** Host name inside the VPC. The address behind it changes: never pin it. */
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
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
  readonly caCertificate: pulumi.Output<string>;
  readonly grantsSql: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = postgresProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { region, version, size, nodeCount, databases, pools = [], protection, transform } = args;
    super("breakwater:data:Postgres", name, { region, version, size, nodeCount, databases, pools }, opts);
    this.warnUnprotected(protection);
    const sslMode = args.sslMode ?? "verify-full";
    if (sslMode !== "verify-full") this.warn(`sslMode ${sslMode} lets clients believe any certificate`);
    if (args.trustedSources?.length)
      this.warn(`trusts addresses outside its VPC: ${args.trustedSources.join(", ")}`);

    const clusterGuard = guarded(protection, "cluster");
    const cluster = this.child(
      digitalocean.DatabaseCluster,
      "cluster",
      {
        name: args.clusterName ?? name,
        engine: "pg",
        version,
        size,
        nodeCount,
        region,
        privateNetworkUuid: args.vpcId,
        projectId: args.projectId,
        maintenanceWindows: [args.maintenance],
        storageSizeMib: args.storageMib?.toString(),
        // Whatever is left out of the block is sent as 0, which the platform refuses.
        storageAutoscale: args.storageAutoscale && {
          enabled: true,
          incrementGib: 10,
          ...args.storageAutoscale,
        },
        tags: args.tags,
      },
      {
        ...clusterGuard,
        import: args.import?.cluster,
        // The name is taken as long as the old cluster lives.
        deleteBeforeReplace: !clusterGuard.retainOnDelete,
        // A failed wait would drop the cluster from the state while it lives on; updates read this value as well.
        customTimeouts: { create: "60m" },
        ignoreChanges: args.storageAutoscale ? ["projectId", "storageSizeMib"] : ["projectId"],
      },
      transform?.cluster,
    );
    const inCluster = { clusterId: cluster.id };

    const sources = pulumi.all([args.vpcIpRange, ...(args.trustedSources ?? [])]);
    const firewall = this.child(
      digitalocean.DatabaseFirewall,
      "firewall",
      {
        ...inCluster,
        rules: sources.apply((all) => all.map((value) => ({ type: "ip_addr", value: trusted(name, value) }))),
      },
      // Its deletion would write an empty list, which opens the cluster to the internet.
      { retainOnDelete: true },
      transform?.firewall,
    );
    firewall.rules.apply((rules) => {
      for (const { type, value } of rules)
        if (type === "ip_addr" && trustedSourceProblem(value)) this.warn(`a transform lets ${value} connect`);
    });
    const behindFirewall = { dependsOn: firewall, deletedWith: cluster };

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
            import: args.import?.users?.includes(user) ? `${args.import.cluster},${user}` : undefined,
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
            import: args.import?.databases?.includes(database.name)
              ? `${args.import.cluster},${database.name}`
              : undefined,
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
          dependsOn: [firewall, ...users.values(), ...dbs.values()],
          deletedWith: cluster,
          // Every change replaces a pool, and its name is taken as long as the old one lives.
          deleteBeforeReplace: true,
        },
        transform?.pool,
      ),
    }));

    this.version = version;
    this.clusterId = cluster.id;
    this.clusterName = cluster.name;
    this.host = cluster.privateHost;
    this.port = cluster.port;
    this.caCertificate = cluster.id.apply(async (clusterId) => {
      const asked = digitalocean.getDatabaseCa({ clusterId }, { parent: this });
      return (await answerOf(name, `the certificate of cluster ${clusterId}`, asked)).certificate;
    });
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

/** The last look at a trusted source, when an output has brought it. */
function trusted(component: string, source: string): string {
  const problem = trustedSourceProblem(source);
  if (problem) throw new InvalidArguments(component, [`trusted source ${source} ${problem}`]);
  return source;
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
