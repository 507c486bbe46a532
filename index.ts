import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { spacesRegion } from "./components/catalog.ts";
import {
  AppPlatform,
  type Compute,
  Domain,
  DropletFleet,
  LoadBalancer,
  Monitoring,
  Network,
  Peering,
  PostgresGrants,
  Project,
  Secrets,
  totalOf,
} from "./components/index.ts";
import { domainArgs, slackOf } from "./program/arguments.ts";
import { makeBuckets, spacesEndpoint } from "./program/buckets.ts";
import { makeDatabases, watchedDatabases } from "./program/databases.ts";
import { dumpsOutput, dumpVariables, makeDumpStore } from "./program/dumps.ts";
import { makeOperations, recoveryOutput } from "./program/operations.ts";
import { bucketOutput, cacheOutput, mongoOutput, postgresOutput } from "./program/outputs.ts";
import { bucketVariables, databaseVariables, together } from "./program/variables.ts";
import { readStack } from "./settings/runtime.ts";
import { projectEnvironment, protections } from "./settings/stack.ts";

const { settings, apiEndpoint } = await readStack();
const { environment, region } = settings;
const prefix = `${settings.project.name}-${environment}`;
const protection = protections(settings);

// The one provider. The stack files switch default ones off, so that nothing can reach another API. What Spaces needs
// comes from the environment and stays out of the state; the proxy is the local cloud's way to its buckets.
const provider = new digitalocean.Provider(
  "digitalocean",
  { apiEndpoint, token: new pulumi.Config("digitalocean").getSecret("token") },
  { envVarMappings: { BREAKWATER_SPACES_PROXY: "HTTP_PROXY" } },
);
const opts = { providers: [provider] };

const project = new Project(
  "project",
  {
    ...settings.project,
    projectName: prefix,
    tag: prefix,
    environment: projectEnvironment[environment],
    retain: protection.retain,
  },
  opts,
);

const { projectId, tag } = project;

const network = new Network(
  "network",
  {
    region,
    vpcId: settings.network.vpcId,
    vpcName: settings.network.name ?? (settings.network.vpcId ? undefined : prefix),
    ipRange: settings.network.ipRange,
    import: settings.network.import,
    protection: protection.of("network"),
  },
  opts,
);

// What runs the product is beside its data, or in a network of its own that is peered with the data's.
const apps = settings.network.separateData
  ? new Network(
      "apps-network",
      {
        region,
        vpcName: `${prefix}-apps`,
        ipRange: settings.network.appsIpRange,
        protection: protection.of("apps-network"),
      },
      opts,
    )
  : network;
const peering =
  apps === network
    ? undefined
    : new Peering("peering", { peeringName: prefix, vpcIds: [network.vpcId, apps.vpcId] }, opts);

const databases = makeDatabases(
  settings,
  {
    region,
    vpcId: network.vpcId,
    vpcIpRange: network.ipRange,
    peerIpRanges: peering && [apps.ipRange],
    projectId,
    tags: [tag, ...settings.tags],
  },
  prefix,
  protection,
  opts,
);

const grants =
  databases.postgres &&
  new PostgresGrants(
    "grants",
    { appName: `${prefix}-grants`, postgres: databases.postgres, region, vpcId: apps.vpcId, projectId },
    { ...opts, dependsOn: peering },
  );

const dumpStore = makeDumpStore(settings, prefix, protection, opts);
const operations = makeOperations(
  settings,
  databases,
  { region, vpcId: apps.vpcId, projectId },
  dumpVariables(settings, dumpStore),
  prefix,
  { ...opts, dependsOn: [grants, peering].filter((each) => each !== undefined) },
);

const secrets = new Secrets("secrets", { generate: settings.secrets });

const domain =
  settings.domain &&
  new Domain(
    "domain",
    { ...domainArgs(settings.domain, settings), protection: protection.of("domain") },
    opts,
  );

const buckets = makeBuckets(settings, prefix, protection, domain, opts);
const { documents: documentStore, assets: publicAssets } = buckets;
const made = [documentStore, publicAssets, dumpStore].filter((bucket) => bucket !== undefined);
if (made.length)
  project.file(
    "buckets",
    made.map(({ bucketUrn }) => bucketUrn),
  );

const { image, port, healthPath, migrateCommand, env } = settings.app;
const product = {
  region,
  vpcId: apps.vpcId,
  projectId,
  image: { ...image, credentials: settings.registryCredentials },
  port,
  healthPath,
  migrateCommand,
  ...together(
    { env, secretEnv: settings.secretEnv },
    { secretEnv: secrets.values },
    databaseVariables(settings, databases),
    bucketVariables(buckets),
  ),
  after: [grants, peering].filter((each) => each !== undefined),
};

const balancer =
  settings.compute === "droplets" && domain
    ? new LoadBalancer(
        "load-balancer",
        {
          ...settings.loadBalancer,
          region,
          vpcId: apps.vpcId,
          balancerName: prefix,
          certificateName: domain.certificate("product"),
          backendTag: `${prefix}-api`,
          port,
          healthPath,
          firewall: { allows: settings.loadBalancer.allow, denies: settings.loadBalancer.deny },
          projectId,
          protection: protection.of("load-balancer"),
        },
        opts,
      )
    : undefined;
if (balancer) domain?.pointTo(balancer.ip);

const api: Compute =
  balancer && domain
    ? new DropletFleet(
        "api",
        {
          ...settings.droplets,
          ...product,
          registry: settings.droplets.registry ?? settings.project.name,
          prefix,
          url: `https://${domain.host}`,
          address: balancer.ip,
          loadBalancerId: balancer.loadBalancerId,
          tag: balancer.backendTag,
          tags: [tag],
          spacesEndpoint: spacesEndpoint(spacesRegion(region)),
          privateRanges: [apps.ipRange, ...(peering ? [network.ipRange] : [])],
        },
        opts,
      )
    : new AppPlatform(
        "api",
        {
          ...settings.app,
          ...product,
          appName: settings.app.name ?? `${prefix}-api`,
          domain: domain && { name: domain.host, zone: domain.zone },
          alerts: { ...settings.app.alerts, slack: slackOf(settings, settings.app.alerts.slackChannel) },
        },
        opts,
      );

documentStore?.allowBrowsers([api.url]);
publicAssets?.allowPages([api.url]);

const watch = settings.monitoring.enabled
  ? new Monitoring(
      "monitoring",
      {
        ...settings.monitoring,
        prefix,
        slack: slackOf(settings, settings.monitoring.slackChannel),
        loadBalancerId: balancer?.loadBalancerId,
        dropletTag: balancer?.backendTag,
        databases: watchedDatabases(settings, databases),
        uptime: { site: api.url, ...(settings.assets.customDomain && { assets: publicAssets?.url }) },
      },
      opts,
    )
  : undefined;

// What the stack does without is null: the contract of runbooks, tests and users names it all the same.
export const siteUrl = api.url;
export const apiUrl = api.url;
export const vpc = { id: network.vpcId, ipRange: network.ipRange };
export const postgres = postgresOutput(databases.postgres) ?? null;
export const mongo = mongoOutput(databases.mongo) ?? null;
export const cache = cacheOutput(databases.cache) ?? null;
export const documents = bucketOutput(documentStore) ?? null;
export const assets = publicAssets ? { ...bucketOutput(publicAssets), url: publicAssets.url } : null;
export const compute = {
  kind: api.kind,
  id: api.computeId,
  address: api.address,
  ...(balancer && { loadBalancerId: balancer.loadBalancerId }),
};
export const monitoring = watch ? { checkIds: watch.checkIds, alerts: watch.alerts } : null;
export const recovery = recoveryOutput(settings, databases, operations, product) ?? null;
export const dumps = dumpsOutput(dumpStore, settings) ?? null;
export const monthlyCost = totalOf(
  [
    ...Object.values(databases),
    ...Object.values(buckets),
    dumpStore,
    operations,
    balancer,
    api,
    watch,
  ].flatMap((component) => component?.costs ?? []),
);
export { environment };
