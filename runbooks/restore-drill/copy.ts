import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { type Copy, drill } from "./config.ts";

/** A restored copy, and how its databases are reached. */
export interface Restored {
  clusterId: pulumi.Output<string>;
  firewall: pulumi.Resource;
  inVpc: Reached;
  fromOutside: Reached;
}

interface Place {
  uri: string;
  ca: string;
}
export type Reached = pulumi.Output<{ product: Place[]; canary: Place | undefined }>;

interface Login {
  database: string;
  user: string;
}

/**
 * Makes the copy. Its firewall is the first thing after it: a fork starts without trusted sources, so it would be open to the internet
 * with nothing but its passwords. Everything else waits for that.
 */
export function makeCopy(copy: Copy): Restored {
  const cluster = new digitalocean.DatabaseCluster(
    "copy",
    {
      name: copy.name,
      engine: drill.engine,
      version: copy.version,
      size: copy.size,
      storageSizeMib: copy.storageMib,
      nodeCount: 1,
      region: drill.region,
      privateNetworkUuid: drill.vpcId,
      tags: copy.tags,
      backupRestore: copy.backup && {
        databaseName: copy.backup.clusterName,
        backupCreatedAt: copy.backup.createdAt,
      },
    },
    // A restore takes as long as its data are large (terraform-provider-digitalocean#986).
    { customTimeouts: { create: "3h" } },
  );
  const firewall = new digitalocean.DatabaseFirewall(
    "copy-firewall",
    { clusterId: cluster.id, rules: copy.trustedSources },
    // Deleting it by itself would open the copy.
    { deletedWith: cluster },
  );
  /** The copy's id, once it is closed. */
  const closed = pulumi.all([cluster.id, firewall.id]).apply(([id]) => id);
  // Those of MongoDB come to be with what is written into them.
  const databases =
    copy.backup || drill.engine !== "pg"
      ? []
      : copy.product.map(
          ({ database }) =>
            new digitalocean.DatabaseDb(
              `copy-${database}`,
              { clusterId: cluster.id, name: database },
              { dependsOn: firewall, deletedWith: cluster },
            ),
        );
  const ca = closed.apply(async (id) => (await digitalocean.getDatabaseCa({ clusterId: id })).certificate);

  function address({ database, user }: Login, host: pulumi.Input<string>): pulumi.Output<Place> {
    const uri =
      drill.engine === "pg"
        ? postgresUri(cluster, closed, { database, user }, host)
        : mongoUri(cluster, database, host);
    return pulumi.secret(pulumi.all([uri, ca]).apply(([it, certificate]) => ({ uri: it, ca: certificate })));
  }
  const reached = (host: pulumi.Input<string>): Reached =>
    pulumi
      .all([
        copy.product.map((login) => address(login, host)),
        copy.canary ? address(copy.canary, host) : undefined,
        databases.map(({ id }) => id),
      ])
      .apply(([product, canary]) => ({ product, canary }));
  return {
    clusterId: cluster.id,
    firewall,
    inVpc: reached(cluster.privateHost),
    fromOutside: reached(cluster.host),
  };
}

/**
 * Of a backup as the user who owns the tables: the administrator may read none of them, and users come with the data. Of a dump as the
 * administrator, who restores it and is given the roles that it makes.
 */
function postgresUri(
  { port }: digitalocean.DatabaseCluster,
  closed: pulumi.Output<string>,
  { database, user }: Login,
  host: pulumi.Input<string>,
): pulumi.Output<string> {
  const password = closed.apply(
    async (clusterId) => (await digitalocean.getDatabaseUser({ clusterId, name: user })).password,
  );
  return pulumi
    .all([password, host, port])
    .apply(
      ([secret, where, number]) =>
        `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@${where}:${number}/${database}?sslmode=verify-full`,
    );
}

/** As the administrator: a user's password is told once, to whoever made it. What the copy's own URI says of its set stays. */
function mongoUri(
  { privateUri, privateHost }: digitalocean.DatabaseCluster,
  database: string,
  host: pulumi.Input<string>,
): pulumi.Output<string> {
  return pulumi.all([privateUri, privateHost, host]).apply(([own, inside, where]) => {
    const url = new URL(own);
    url.searchParams.set("authSource", url.searchParams.get("authSource") ?? "admin");
    url.pathname = `/${database}`;
    return url.href.replace(inside, where);
  });
}
