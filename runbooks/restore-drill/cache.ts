import { randomUUID } from "node:crypto";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { deployed, drill, type EmptyCache } from "./config.ts";
import type { Reached } from "./copy.ts";

/** An empty cache, and the product on it. */
export interface CacheDrill {
  firewall: pulumi.Resource;
  inVpc: Reached;
  services: pulumi.Input<digitalocean.types.input.AppSpecService>[];
  ingress: digitalocean.types.input.AppSpecIngress;
  /** Where the job asks the product for its health. */
  productUrl: pulumi.Output<string>;
}

/** Makes the empty cache, its firewall first, and describes a deployment of the product that has it in production's place. */
export function makeCache(cache: EmptyCache): CacheDrill {
  const cluster = new digitalocean.DatabaseCluster("copy", {
    name: cache.name,
    engine: "valkey",
    version: cache.version,
    size: cache.size,
    nodeCount: 1,
    region: drill.region,
    privateNetworkUuid: drill.vpcId,
    evictionPolicy: cache.evictionPolicy,
    tags: cache.tags,
  });
  const firewall = new digitalocean.DatabaseFirewall(
    "copy-firewall",
    { clusterId: cluster.id, rules: cache.trustedSources },
    { deletedWith: cluster },
  );
  const closed = pulumi.all([cluster.id, firewall.id]).apply(([id]) => id);
  const ca = closed.apply(async (id) => (await digitalocean.getDatabaseCa({ clusterId: id })).certificate);
  const uri = pulumi.secret(
    pulumi
      .all([cluster.user, cluster.password, cluster.privateHost, cluster.port])
      .apply(
        ([user, password, host, port]) =>
          `rediss://${user}:${encodeURIComponent(password)}@${host}:${port}/0`,
      ),
  );
  if (!deployed) throw new Error("the drill of a cache needs the product: configuration `product`");
  const replaced = pulumi
    .all([deployed, uri, ca])
    .apply(([{ envs }, address, authority]) => [
      ...envs.filter(({ key }) => key !== "REDIS_URL" && key !== "REDIS_CA_CERT"),
      { key: "REDIS_URL", value: address, type: "SECRET", scope: "RUN_TIME" },
      { key: "REDIS_CA_CERT", value: authority, type: "GENERAL", scope: "RUN_TIME" },
    ]);
  const health = deployed.healthPath;
  return {
    firewall,
    inVpc: pulumi
      .all([uri, ca])
      .apply(([it, certificate]) => ({ product: [{ uri: it, ca: certificate }], canary: undefined })),
    services: [
      {
        name: "product",
        image: deployed.image,
        httpPort: deployed.port,
        instanceSizeSlug: drill.job?.instanceSize,
        instanceCount: 1,
        healthCheck: { httpPath: health, initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 6 },
        envs: replaced,
      },
    ],
    // A service must have a route to have a health check: one that nobody can guess.
    ingress: {
      rules: [{ match: { path: { prefix: `/${randomUUID()}` } }, component: { name: "product" } }],
    },
    productUrl: health.apply((path) => `\${product.PRIVATE_URL}${path}`),
  };
}
