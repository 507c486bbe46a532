import * as z from "zod";
import { APP_REGIONS } from "./catalog.ts";

/**
 * An app's spec as App Platform accepts it (https://docs.digitalocean.com/products/app-platform/reference/app-spec/).
 * Objects are loose: what a newer client adds is kept and given back.
 */

const ComponentName = z
  .string()
  .min(2)
  .max(32)
  .regex(
    /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
    "must be 2-32 lowercase letters, numbers and dashes, start with a letter and not end with a dash",
  );

const Port = z.int().min(1).max(65_535);

export const Env = z.looseObject({
  key: z
    .string()
    .regex(
      /^[_A-Za-z][_A-Za-z0-9]*$/,
      "must be letters, numbers and underscores, and not start with a number",
    ),
  value: z.string().optional(),
  scope: z.enum(["UNSET", "RUN_TIME", "BUILD_TIME", "RUN_AND_BUILD_TIME"]).default("RUN_AND_BUILD_TIME"),
  type: z.enum(["GENERAL", "SECRET"]).optional(),
});
export type Env = z.output<typeof Env>;

const Envs = z
  .array(Env)
  .refine((envs) => new Set(envs.map((env) => env.key)).size === envs.length, "has the same key twice")
  .optional();

const Repository = z.looseObject({
  repo: z.string().min(1),
  branch: z.string().optional(),
  deploy_on_push: z.boolean().optional(),
});

const Image = z
  .looseObject({
    registry_type: z.enum(["DOCKER_HUB", "DOCR", "GHCR"]),
    registry: z.string().optional(),
    registry_credentials: z.string().optional(),
    repository: z.string().min(1),
    tag: z.string().optional(),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits")
      .optional(),
  })
  .refine((image) => !(image.tag && image.digest), "has both a tag and a digest")
  .refine((image) => image.registry_type === "DOCR" || image.registry, {
    path: ["registry"],
    error: "is required for this registry_type",
  });

const Sources = {
  git: z.looseObject({ repo_clone_url: z.string().min(1), branch: z.string().optional() }).optional(),
  github: Repository.optional(),
  gitlab: Repository.optional(),
  bitbucket: Repository.optional(),
  image: Image.optional(),
};
export const SOURCES = ["git", "github", "gitlab", "bitbucket", "image"] as const;

const Alert = z.looseObject({
  rule: z.string(),
  disabled: z.boolean().optional(),
  operator: z.enum(["UNSPECIFIED_OPERATOR", "GREATER_THAN", "LESS_THAN"]).optional(),
  value: z.number().optional(),
  window: z
    .enum(["UNSPECIFIED_WINDOW", "FIVE_MINUTES", "TEN_MINUTES", "THIRTY_MINUTES", "ONE_HOUR"])
    .optional(),
});
export type Alert = z.output<typeof Alert>;

const alerts = (rules: readonly string[]) =>
  z
    .array(
      Alert.refine((alert) => rules.includes(alert.rule), {
        path: ["rule"],
        error: `must be one of ${rules.join(", ")}`,
      }),
    )
    .optional();

const APP_RULES = [
  "DEPLOYMENT_FAILED",
  "DEPLOYMENT_LIVE",
  "DEPLOYMENT_STARTED",
  "DEPLOYMENT_CANCELED",
  "DOMAIN_FAILED",
  "DOMAIN_LIVE",
  "AUTOSCALE_FAILED",
  "AUTOSCALE_SUCCEEDED",
];
const COMPONENT_RULES = [
  "UNSPECIFIED_RULE",
  "CPU_UTILIZATION",
  "MEM_UTILIZATION",
  "RESTART_COUNT",
  "JOB_INVOCATION_FAILED",
];
const SERVICE_RULES = [...COMPONENT_RULES, "REQUESTS_PER_SECOND", "REQUEST_DURATION_P95_MS"];
const FUNCTION_RULES = [
  "UNSPECIFIED_RULE",
  "FUNCTIONS_ACTIVATION_COUNT",
  "FUNCTIONS_AVERAGE_DURATION_MS",
  "FUNCTIONS_ERROR_RATE_PER_MINUTE",
  "FUNCTIONS_AVERAGE_WAIT_TIME_MS",
  "FUNCTIONS_ERROR_COUNT",
  "FUNCTIONS_GB_RATE_PER_SECOND",
];

const LogDestination = z.looseObject({
  name: z
    .string()
    .min(2)
    .max(42)
    .regex(
      /^[A-Za-z0-9()[\]'"][-A-Za-z0-9_. /()[\]]{0,40}[A-Za-z0-9()[\]'"]$/,
      "is not a valid log destination name",
    ),
});

const HealthCheck = z.looseObject({
  http_path: z.string().optional(),
  port: Port.optional(),
  initial_delay_seconds: z.int().min(0).max(3600).optional(),
  period_seconds: z.int().min(1).max(300).optional(),
  timeout_seconds: z.int().min(1).max(120).optional(),
  success_threshold: z.int().min(1).max(50).optional(),
  failure_threshold: z.int().min(1).max(50).optional(),
});
const LivenessCheck = HealthCheck.extend({ success_threshold: z.literal(1).optional() });

const Termination = z.looseObject({
  drain_seconds: z.int().min(1).max(110).optional(),
  grace_period_seconds: z.int().min(1).max(600).optional(),
});

const Autoscaling = z
  .looseObject({
    min_instance_count: z.int().min(1),
    max_instance_count: z.int().min(1).max(250),
    metrics: z.looseObject({
      cpu: z.looseObject({ percent: z.int().min(1).max(100).default(80) }).optional(),
    }),
  })
  .refine((scaling) => scaling.min_instance_count < scaling.max_instance_count, {
    path: ["max_instance_count"],
    error: "must be greater than min_instance_count",
  });

const Cors = z.looseObject({
  allow_origins: z
    .array(z.looseObject({ exact: z.string().max(256).optional(), regex: z.string().max(256).optional() }))
    .optional(),
});

const Route = z.looseObject({
  path: z.string().startsWith("/"),
  preserve_path_prefix: z.boolean().optional(),
});

const Component = z.looseObject({
  name: ComponentName,
  ...Sources,
  envs: Envs,
  log_destinations: z.array(LogDestination).optional(),
});

const Instances = {
  instance_count: z.int().min(1).max(250).optional(),
  instance_size_slug: z.string().optional(),
};

const Service = Component.extend({
  ...Instances,
  alerts: alerts(SERVICE_RULES),
  autoscaling: Autoscaling.optional(),
  cors: Cors.optional(),
  health_check: HealthCheck.optional(),
  liveness_health_check: LivenessCheck.optional(),
  http_port: Port.optional(),
  internal_ports: z.array(Port).optional(),
  protocol: z.enum(["HTTP", "HTTP2"]).optional(),
  routes: z.array(Route).optional(),
  termination: Termination.optional(),
});

const Worker = Component.extend({
  ...Instances,
  alerts: alerts(COMPONENT_RULES),
  autoscaling: Autoscaling.optional(),
  liveness_health_check: LivenessCheck.optional(),
  termination: Termination.optional(),
});

const Job = Component.extend({
  ...Instances,
  alerts: alerts(COMPONENT_RULES),
  kind: z.enum(["UNSPECIFIED", "PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY", "SCHEDULED"]).optional(),
  schedule: z.looseObject({ cron: z.string().min(1) }).optional(),
  termination: Termination.optional(),
}).refine((job) => (job.kind === "SCHEDULED") === (job.schedule !== undefined), {
  path: ["schedule"],
  error: "belongs to jobs of kind SCHEDULED, and to all of them",
});

const StaticSite = Component.extend({ cors: Cors.optional(), routes: z.array(Route).optional() }).refine(
  (site) => !(site.error_document && site.catchall_document),
  { path: ["catchall_document"], error: "can not be set together with error_document" },
);

const Functions = Component.extend({
  alerts: alerts(FUNCTION_RULES),
  cors: Cors.optional(),
  routes: z.array(Route).optional(),
});

const Database = z.looseObject({
  name: ComponentName,
  engine: z.enum(["UNSET", "MYSQL", "PG", "REDIS", "MONGODB", "KAFKA", "OPENSEARCH", "VALKEY"]).optional(),
  version: z.string().optional(),
  production: z.boolean().optional(),
  cluster_name: z.string().optional(),
  db_name: z
    .string()
    .regex(/^[^A-Z]*$/, "can not contain capitals")
    .optional(),
  db_user: z.string().optional(),
});

const Domain = z.looseObject({
  domain: z
    .string()
    .min(4)
    .max(253)
    .regex(/^((xn--)?[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*\.)+[a-zA-Z]{2,}\.?$/, "is not a domain name"),
  type: z.enum(["UNSPECIFIED", "DEFAULT", "PRIMARY", "ALIAS"]).optional(),
  minimum_tls_version: z.enum(["1.2", "1.3"]).optional(),
});

const IngressRule = z
  .looseObject({
    match: z
      .looseObject({
        path: z.looseObject({ prefix: z.string().startsWith("/").max(256) }).optional(),
        authority: z.looseObject({ exact: z.string().max(256) }).optional(),
      })
      .optional(),
    component: z
      .looseObject({
        name: z.string(),
        preserve_path_prefix: z.boolean().optional(),
        rewrite: z.string().optional(),
      })
      .optional(),
    redirect: z
      .looseObject({
        redirect_code: z.union([300, 301, 302, 303, 304, 307, 308].map((code) => z.literal(code))).optional(),
      })
      .optional(),
    cors: Cors.optional(),
  })
  .refine(
    (rule) => (rule.component === undefined) !== (rule.redirect === undefined),
    "must have either a component or a redirect",
  );

export const Spec = z.looseObject({
  name: ComponentName,
  region: z.enum(APP_REGIONS.map((region) => region.slug)).optional(),
  services: z.array(Service).optional(),
  static_sites: z.array(StaticSite).optional(),
  workers: z.array(Worker).optional(),
  jobs: z.array(Job).optional(),
  functions: z.array(Functions).optional(),
  databases: z.array(Database).optional(),
  domains: z.array(Domain).optional(),
  envs: Envs,
  alerts: alerts(APP_RULES),
  ingress: z.looseObject({ rules: z.array(IngressRule).optional() }).optional(),
  egress: z.looseObject({ type: z.enum(["AUTOASSIGN", "DEDICATED_IP"]).optional() }).optional(),
  features: z.array(z.string()).optional(),
  maintenance: z.looseObject({ enabled: z.boolean().optional(), archive: z.boolean().optional() }).optional(),
  vpc: z.looseObject({ id: z.string() }).optional(),
});
export type Spec = z.output<typeof Spec>;
export type IngressRule = z.output<typeof IngressRule>;

/** The kinds of component that run code, by their key in a spec; "type" is how deployments call them. */
export const COMPONENTS = [
  { key: "services", type: "service", web: true },
  { key: "static_sites", type: "static site", web: true },
  { key: "functions", type: "functions", web: true },
  { key: "workers", type: "worker", web: false },
  { key: "jobs", type: "job", web: false },
] as const;

export interface AnyComponent {
  key: (typeof COMPONENTS)[number]["key"];
  type: string;
  web: boolean;
  component: z.output<typeof Component> & {
    instance_size_slug?: string;
    instance_count?: number;
    autoscaling?: z.output<typeof Autoscaling>;
  };
}

/** Every component that runs code, in the order in which the platform lists them. */
export const componentsOf = (spec: Spec): AnyComponent[] =>
  COMPONENTS.flatMap(({ key, type, web }) =>
    (spec[key] ?? []).map((component) => ({ key, type, web, component })),
  );
