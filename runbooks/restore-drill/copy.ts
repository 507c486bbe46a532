import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { drill } from "./config.ts";

/**
 * The restored copy. Its firewall is the first thing after it: a fork starts without trusted sources, so it would be open to the internet
 * with nothing but its passwords. Everything else waits for that.
 */
const cluster = new digitalocean.DatabaseCluster(
  "copy",
  {
    name: drill.name,
    engine: drill.engine,
    version: drill.version,
    size: drill.size,
    storageSizeMib: drill.storageMib,
    nodeCount: 1,
    region: drill.region,
    privateNetworkUuid: drill.vpcId,
    tags: drill.tags,
    backupRestore: drill.backup && {
      databaseName: drill.backup.clusterName,
      backupCreatedAt: drill.backup.createdAt,
    },
  },
  // A restore takes as long as its data are large (terraform-provider-digitalocean#986).
  { customTimeouts: { create: "3h" } },
);

export const firewall = new digitalocean.DatabaseFirewall(
  "copy-firewall",
  { clusterId: cluster.id, rules: drill.trustedSources },
  // Deleting it by itself would open the copy.
  { deletedWith: cluster },
);

export const clusterId = cluster.id;

/** The copy's id, once it is closed. */
const closed = pulumi.all([cluster.id, firewall.id]).apply(([id]) => id);

const ca = closed.apply(async (id) => (await digitalocean.getDatabaseCa({ clusterId: id })).certificate);

interface Login {
  database: string;
  user: string;
}

/** How a user reaches a database of the copy, from inside the VPC. */
function address(
  { database, user }: Login,
  host: pulumi.Input<string>,
): pulumi.Output<{ uri: string; ca: string }> {
  const uri = drill.engine === "pg" ? postgresUri(database, user, host) : mongoUri(database, host);
  return pulumi.secret(pulumi.all([uri, ca]).apply(([it, certificate]) => ({ uri: it, ca: certificate })));
}

/** As the user who owns the tables: the administrator may read none of them. Users come with the data. */
function postgresUri(database: string, user: string, host: pulumi.Input<string>): pulumi.Output<string> {
  const login = drill.backup
    ? closed.apply(async (id) => (await digitalocean.getDatabaseUser({ clusterId: id, name: user })).password)
    : cluster.password;
  const name = drill.backup ? pulumi.output(user) : cluster.user;
  return pulumi
    .all([name, login, host, cluster.port])
    .apply(
      ([who, password, where, port]) =>
        `postgresql://${encodeURIComponent(who)}:${encodeURIComponent(password)}@${where}:${port}/${database}?sslmode=verify-full`,
    );
}

/** As the administrator: a user's password is told once, to whoever made it. What the copy's own URI says of its set stays. */
function mongoUri(database: string, host: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.all([cluster.privateUri, cluster.privateHost, host]).apply(([own, privateHost, where]) => {
    const url = new URL(own);
    url.searchParams.set("authSource", url.searchParams.get("authSource") ?? "admin");
    url.pathname = `/${database}`;
    return url.href.replace(privateHost, where);
  });
}

/** Where the product's and the canary's databases are reached, at the copy's private or its public host. */
const reached = (host: pulumi.Input<string>) =>
  pulumi.all({
    product: address(drill.product, host),
    canary: drill.canary ? address(drill.canary, host) : undefined,
  });

export const inVpc = reached(cluster.privateHost);
export const fromOutside = reached(cluster.host);
