/** The spec of an app (terraform-provider-digitalocean: digitalocean/app/app_spec.go). */
import {
  between,
  boolean,
  integer,
  lengthBetween,
  list,
  number,
  object,
  oneOf,
  type Properties,
  type Property,
  set,
  string,
} from "../provider/schema.ts";
import type { Value } from "../provider/values.ts";
import { asBody } from "./api.ts";
import { listOfOne, oneInList } from "./body.ts";

const required = { required: true } as const;
const computed = { computed: true } as const;

const env = object({
  key: string(),
  value: string({ secret: true }),
  scope: string({
    default: "RUN_AND_BUILD_TIME",
    check: oneOf("UNSET", "RUN_TIME", "BUILD_TIME", "RUN_AND_BUILD_TIME"),
  }),
  type: string({
    ...computed,
    check: oneOf("GENERAL", "SECRET"),
    // The platform leaves GENERAL out of its answers.
    same: (old, now) => now === "GENERAL" && old === "",
  }),
});
const envs = set(env);

/** Sent by calls of their own after a deployment, never part of the spec that is read back. */
const destinations = object(
  {
    emails: list(string({ check: lengthBetween(3, 100) })),
    slackWebhooks: list(object({ channel: string(required), url: string(required) })),
  },
  { api: false },
);
const alertRule = (...rules: readonly string[]): Properties => ({
  rule: string({ ...required, check: oneOf(...rules) }),
  disabled: boolean({ default: false }),
  destinations,
});
const appAlert = object(
  alertRule(
    "DEPLOYMENT_FAILED",
    "DEPLOYMENT_LIVE",
    "DEPLOYMENT_STARTED",
    "DEPLOYMENT_CANCELED",
    "DOMAIN_FAILED",
    "DOMAIN_LIVE",
    "AUTOSCALE_FAILED",
    "AUTOSCALE_SUCCEEDED",
  ),
);
const componentAlert = object({
  ...alertRule("UNSPECIFIED_RULE", "CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT"),
  operator: string({ ...required, check: oneOf("GREATER_THAN", "LESS_THAN", "UNSPECIFIED_OPERATOR") }),
  window: string({
    ...required,
    check: oneOf("FIVE_MINUTES", "TEN_MINUTES", "THIRTY_MINUTES", "ONE_HOUR", "UNSPECIFIED_WINDOW"),
  }),
  value: number({ ...required, check: between(0, Number.MAX_VALUE) }),
});

const logDestination = object({
  name: string(required),
  openSearch: object({
    endpoint: string(),
    basicAuth: object({ user: string(), password: string({ secret: true }) }, required),
    indexName: string(),
    clusterName: string(),
  }),
  papertrail: object({ endpoint: string(required) }),
  datadog: object({
    endpoint: string({ default: "https://http-intake.logs.datadoghq.com" }),
    apiKey: string(required),
  }),
  logtail: object({ token: string(required) }),
});

const repository = object({ repo: string(), branch: string(), deployOnPush: boolean() });
const image = object({
  registryType: string({ ...required, check: oneOf("UNSPECIFIED", "DOCKER_HUB", "DOCR", "GHCR") }),
  registry: string(),
  repository: string(required),
  tag: string(),
  digest: string(),
  deployOnPushes: oneInList(object({ enabled: boolean() }), { ...computed, api: "deploy_on_push" }),
  registryCredentials: string({ secret: true }),
});
const healthCheck = object({
  port: integer({ check: between(1, 65535) }),
  httpPath: string(),
  initialDelaySeconds: integer(),
  periodSeconds: integer(),
  timeoutSeconds: integer(),
  successThreshold: integer(),
  failureThreshold: integer(),
});
const cors = object({
  allowOrigins: listOfOne({ exact: string(), prefix: string({ deprecated: true }), regex: string() }),
  allowMethods: set(string()),
  allowHeaders: set(string()),
  exposeHeaders: set(string()),
  maxAge: string(),
  allowCredentials: boolean(),
});
const autoscaling = object({
  minInstanceCount: integer({ ...required, check: between(1, Number.MAX_SAFE_INTEGER) }),
  maxInstanceCount: integer({ ...required, check: between(1, Number.MAX_SAFE_INTEGER) }),
  metrics: object({ cpu: object({ percent: integer({ ...required, check: between(1, 100) }) }) }, required),
});
const gracePeriodSeconds = integer({ check: between(1, 600) });

/** What every component has. */
const component: Properties = {
  name: string(required),
  git: object({ repoCloneUrl: string(), branch: string() }),
  github: repository,
  gitlab: repository,
  bitbucket: repository,
  envs,
  sourceDir: string(),
};
/** What all but functions have. */
const built: Properties = { environmentSlug: string(), dockerfilePath: string(), buildCommand: string() };
/** What all but static sites have. */
const observed: Properties = { alerts: list(componentAlert), logDestinations: list(logDestination) };
/** What runs in containers. */
const running: Properties = {
  runCommand: string(),
  image,
  instanceSizeSlug: string(),
  instanceCount: integer(),
};
/** What answers requests; both are older than `ingress` and deprecated for it. */
const routed: Properties = {
  routes: list(object({ path: string(), preservePathPrefix: boolean() }), { ...computed, deprecated: true }),
  cors: { ...cors, deprecated: true },
};

const service = object({
  ...component,
  ...built,
  ...observed,
  ...running,
  ...routed,
  httpPort: integer(computed),
  internalPorts: set(integer(), computed),
  healthCheck,
  livenessHealthCheck: healthCheck,
  autoscaling,
  termination: object({ gracePeriodSeconds, drainSeconds: integer({ check: between(1, 110) }) }),
});
const worker = object({
  ...component,
  ...built,
  ...observed,
  ...running,
  livenessHealthCheck: healthCheck,
  autoscaling,
  termination: object({ gracePeriodSeconds }),
});
const job = object({
  ...component,
  ...built,
  ...observed,
  ...running,
  kind: string({
    default: "UNSPECIFIED",
    check: oneOf("UNSPECIFIED", "PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY"),
  }),
  termination: object({ gracePeriodSeconds }),
});
const staticSite = object({
  ...component,
  ...built,
  ...routed,
  outputDir: string(),
  indexDocument: string(),
  errorDocument: string(),
  catchallDocument: string(),
});
const func = object({ ...component, ...observed, ...routed });

const database = object({
  name: string(),
  engine: string({
    check: oneOf("UNSET", "MYSQL", "PG", "REDIS", "MONGODB", "KAFKA", "OPENSEARCH", "VALKEY"),
  }),
  version: string(),
  production: boolean(),
  clusterName: string(),
  dbName: string(),
  dbUser: string(),
});

const ingress = object(
  {
    rules: list(
      object({
        match: object({ path: object({ prefix: string() }), authority: object({ exact: string() }) }),
        cors,
        component: object({ name: string(), preservePathPrefix: boolean(), rewrite: string() }),
        redirect: object({
          uri: string(),
          authority: string(),
          port: integer(),
          scheme: string(),
          redirectCode: integer({ default: 302 }),
        }),
      }),
    ),
    secureHeader: object({ key: string(), value: string() }),
  },
  computed,
);

const domain = object({
  name: string({ ...required, api: "domain" }),
  type: string({ ...computed, check: oneOf("DEFAULT", "PRIMARY", "ALIAS") }),
  wildcard: boolean(computed),
  zone: string(),
});

/** The names alone: what `domainNames` was before. */
const domains: Property = set(string(), {
  ...computed,
  deprecated: true,
  read: (raw) => (Array.isArray(raw) ? raw.map((one): Value => String(asBody(one).domain)) : []),
  write: (value) => (Array.isArray(value) ? value.map((one) => ({ domain: one })) : null),
});

export const appSpec: Property = object({
  name: string({ ...required, check: lengthBetween(2, 32) }),
  region: string(),
  features: set(string(), computed),
  disableEdgeCache: boolean({ default: false }),
  disableEmailObfuscation: boolean({ default: false }),
  enhancedThreatControlEnabled: boolean({ default: false }),
  domains,
  domainNames: list(domain, { ...computed, api: "domains", conflicts: ["domains"] }),
  services: list(service),
  staticSites: list(staticSite),
  workers: list(worker),
  jobs: list(job),
  functions: list(func),
  databases: list(database),
  envs,
  alerts: list(appAlert),
  ingress,
  egresses: oneInList(object({ type: string({ check: oneOf("AUTOASSIGN", "DEDICATED_IP") }) }), {
    api: "egress",
  }),
  maintenance: object({ enabled: boolean(), archive: boolean(), offlinePageUrl: string() }),
  vpcs: oneInList(object({ id: string(required) }), { api: "vpc" }),
});
