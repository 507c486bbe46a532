import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import {
  AppPlatform,
  type Compute,
  Network,
  Postgres,
  PostgresGrants,
  Project,
  Secrets,
  totalOf,
} from "./components/index.ts";
import { readStack } from "./settings/runtime.ts";
import { projectEnvironment, protections } from "./settings/stack.ts";

const { settings, apiEndpoint } = await readStack();
const { environment, region } = settings;
const prefix = `${settings.project.name}-${environment}`;
const protection = protections(settings);

// The one provider. The stack files switch default ones off, so that nothing can reach another API.
const provider = new digitalocean.Provider("digitalocean", {
  apiEndpoint,
  token: new pulumi.Config("digitalocean").getSecret("token"),
});
const opts = { providers: [provider] };

const { projectId, tag } = new Project(
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
const { vpcId } = network;

const database = new Postgres(
  "postgres",
  {
    ...settings.postgres,
    clusterName: settings.postgres.name ?? `${prefix}-pg`,
    region,
    vpcId,
    vpcIpRange: network.ipRange,
    projectId,
    tags: [tag, ...settings.tags],
    protection: protection.of("postgres"),
  },
  opts,
);

const grants = new PostgresGrants(
  "grants",
  { appName: `${prefix}-grants`, postgres: database, region, vpcId, projectId },
  opts,
);

const secrets = new Secrets("secrets", { generate: settings.secrets });

const api: Compute = new AppPlatform(
  "api",
  {
    ...settings.app,
    appName: `${prefix}-api`,
    region,
    vpcId,
    projectId,
    image: { ...settings.app.image, credentials: settings.registryCredentials },
    env: { ...settings.app.env, DATABASE_CA_CERT: database.caCertificate },
    secretEnv: {
      ...settings.secretEnv,
      ...secrets.values,
      DATABASE_URL: database.uri,
      ...(database.poolUri && { DATABASE_POOL_URL: database.poolUri }),
    },
    alerts: {
      ...settings.app.alerts,
      slack:
        settings.app.alerts.slackChannel && settings.slackWebhook
          ? { channel: settings.app.alerts.slackChannel, url: settings.slackWebhook }
          : undefined,
    },
  },
  { ...opts, dependsOn: grants },
);

export const siteUrl = api.url;
export const apiUrl = api.url;
export const vpc = { id: network.vpcId, ipRange: network.ipRange };
export const postgres = {
  clusterId: database.clusterId,
  clusterName: database.clusterName,
  host: database.host,
  port: database.port,
  database: database.database,
  user: database.user,
  uri: database.uri,
  poolUri: database.poolUri,
  caCertificate: database.caCertificate,
};
export const compute = { kind: api.kind, id: api.computeId };
export const monthlyCost = totalOf([network, database, api].flatMap(({ costs }) => costs));
export { environment };
