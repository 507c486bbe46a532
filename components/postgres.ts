import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { Component, guarded, InvalidArguments, type Protection, type Transform } from "./base.ts";
import type { Datacentre, PostgresSize, PostgresVersion, Weekday } from "./catalog.ts";
import { trustedSourceProblem } from "./cidr.ts";
import { grantsSql } from "./grants.ts";
import { type PoolMode, postgresProblems } from "./postgres-rules.ts";

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

export interface PostgresArgs {
  /** Datacentre, that of the VPC. **A change migrates the cluster, in place, for hours.** */
  region: Datacentre;
  /** UUID of the VPC. **A change replaces the cluster.** */
  vpcId: pulumi.Input<string>;
  /** Addresses of the VPC in CIDR notation: whoever is inside may connect. */
  vpcIpRange: pulumi.Input<string>;
  /** Name at DigitalOcean. **A change replaces the cluster.** @default the component's logical name */
  clusterName?: string;
  /** Major version, as the API writes it. A change upgrades in place, with downtime; there is no way back. */
  version: PostgresVersion;
  /** Plan of each node. A change resizes in place; disks never get smaller. */
  size: PostgresSize;
  /** 1 to 3: the primary and its standbys. More than one needs 2 GiB of memory. */
  nodeCount: number;
  /** Databases with their users. The first is the component's `database`, `user` and `uri`. At least one. */
  databases: PostgresDatabase[];
  /** Connection pools. @default none */
  pools?: PostgresPool[];
  /** Addresses and ranges, beside the VPC, that may connect over the internet. Warned about. @default none */
  trustedSources?: string[];
  /** @default see {@link PostgresConfig} */
  config?: PostgresConfig;
  /** When DigitalOcean may update the nodes: lower-case day, and hour `HH:MM` in UTC; starts within four hours. */
  maintenance: { day: Weekday; hour: string };
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
  /** Project that the cluster is filed under. Read once: a later change is ignored, since it would replace the cluster. */
  projectId?: pulumi.Input<string>;
  /** Lower-case tags. @default none */
  tags?: string[];
  /**
   * What clients must verify. `require` encrypts but believes any certificate, so that someone in between can read
   * along: warned about. @default "verify-full", with {@link Postgres.caCertificate}
   */
  sslMode?: "verify-full" | "require";
  /** Ids to take over instead of creating: the cluster, and which of the databases and users it has already. */
  import?: { cluster: string; databases?: string[]; users?: string[] };
  /** How replacement and deletion of cluster, databases and users are met. @default protected and retained */
  protection?: Protection<PostgresPart>;
  /** Changes the wrapped resources; `database`, `user` and `pool` are applied to each. */
  transform?: {
    cluster?: Transform<digitalocean.DatabaseClusterArgs>;
    firewall?: Transform<digitalocean.DatabaseFirewallArgs>;
    config?: Transform<digitalocean.DatabasePostgresqlConfigArgs>;
    database?: Transform<digitalocean.DatabaseDbArgs>;
    user?: Transform<digitalocean.DatabaseUserArgs>;
    pool?: Transform<digitalocean.DatabaseConnectionPoolArgs>;
  };
}

/** How to reach one database. All URIs name the host inside the VPC. */
export interface PostgresConnection {
  database: string;
  user: string;
  /** `postgresql://` URI of the cluster, secret. */
  uri: pulumi.Output<string>;
  /** The same through the database's first pool, secret; undefined when it has none. */
  poolUri: pulumi.Output<string> | undefined;
}

/** What it takes to work in the databases with administrator's rights, from inside the VPC. */
export interface PostgresAdministration {
  version: PostgresVersion;
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  adminUser: pulumi.Output<string>;
  /** Secret. */
  adminPassword: pulumi.Output<string>;
  sslMode: "verify-full" | "require";
  /** PEM text of the authority that signs the cluster's certificate. */
  caCertificate: pulumi.Output<string>;
  /**
   * Statements for psql that give each user its rights; running them again changes nothing. Known when all users and
   * databases are there.
   */
  grantsSql: pulumi.Output<string>;
}

/**
 * A managed PostgreSQL cluster that only its VPC can reach.
 *
 * DigitalOcean creates a cluster open to the internet and has no switch against it, so the firewall is the first thing
 * made after the cluster, and everything else waits for it. The component owns the whole list of trusted sources.
 * A cluster brings a daily backup, kept for seven days and lost with the cluster.
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
    this.caCertificate = digitalocean.getDatabaseCaOutput(inCluster, { parent: this }).certificate;
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
