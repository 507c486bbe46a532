import * as z from "zod";

/** The parts that components of an app's spec are made of. */

export const text = z.string().optional();
export const flag = z.boolean().optional();
export const port = z.int().min(1).max(65_535);

/** The name of an app or component. */
export const Name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
    "must be 2-32 lowercase letters, numbers and dashes, start with a letter and not end with a dash",
  );

const Env = z.strictObject({
  key: z
    .string()
    .regex(
      /^[_A-Za-z][_A-Za-z0-9]*$/,
      "must be letters, numbers and underscores, and not start with a number",
    ),
  value: text,
  scope: z.enum(["UNSET", "RUN_TIME", "BUILD_TIME", "RUN_AND_BUILD_TIME"]).default("RUN_AND_BUILD_TIME"),
  type: z.enum(["GENERAL", "SECRET"]).optional(),
});
export type Env = z.output<typeof Env>;

export const Envs = z
  .array(Env)
  .refine((envs) => new Set(envs.map((env) => env.key)).size === envs.length, "has the same key twice")
  .optional();

const Repository = z.strictObject({ repo: z.string().min(1), branch: text, deploy_on_push: flag }).optional();

const Image = z
  .strictObject({
    registry_type: z.enum(["DOCKER_HUB", "DOCR", "GHCR"]),
    registry: text,
    registry_credentials: text,
    repository: z.string().min(1),
    tag: text,
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits")
      .optional(),
    deploy_on_push: z.strictObject({ enabled: flag }).optional(),
  })
  .refine((image) => !(image.tag && image.digest), "has both a tag and a digest")
  .refine((image) => image.registry_type === "DOCR" || image.registry, {
    path: ["registry"],
    error: "is required for this registry_type",
  });

export const SOURCES = ["git", "github", "gitlab", "bitbucket", "image"] as const;

/** Where a component's code comes from, and how it is built. */
export const Source = {
  git: z.strictObject({ repo_clone_url: z.string().min(1), branch: text }).optional(),
  github: Repository,
  gitlab: Repository,
  bitbucket: Repository,
  image: Image.optional(),
  source_dir: text,
  dockerfile_path: text,
  build_command: text,
  environment_slug: text,
};

const Alert = z.strictObject({
  rule: z.string(),
  disabled: flag,
  operator: z.enum(["UNSPECIFIED_OPERATOR", "GREATER_THAN", "LESS_THAN"]).optional(),
  value: z.number().optional(),
  window: z
    .enum(["UNSPECIFIED_WINDOW", "FIVE_MINUTES", "TEN_MINUTES", "THIRTY_MINUTES", "ONE_HOUR"])
    .optional(),
});
export type Alert = z.output<typeof Alert>;

const alerts = (...rules: string[]) =>
  z
    .array(
      Alert.refine(({ rule }) => rules.includes(rule), {
        path: ["rule"],
        error: `must be one of ${rules.join(", ")}`,
      }),
    )
    .optional();

export const AppAlerts = alerts(
  "DEPLOYMENT_FAILED",
  "DEPLOYMENT_LIVE",
  "DEPLOYMENT_STARTED",
  "DEPLOYMENT_CANCELED",
  "DOMAIN_FAILED",
  "DOMAIN_LIVE",
  "AUTOSCALE_FAILED",
  "AUTOSCALE_SUCCEEDED",
);
const CONTAINER_RULES = ["UNSPECIFIED_RULE", "CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT"];
export const ServiceAlerts = alerts(...CONTAINER_RULES, "REQUESTS_PER_SECOND", "REQUEST_DURATION_P95_MS");
export const WorkerAlerts = alerts(...CONTAINER_RULES);
export const JobAlerts = alerts(...CONTAINER_RULES, "JOB_INVOCATION_FAILED");
export const FunctionAlerts = alerts(
  "UNSPECIFIED_RULE",
  "FUNCTIONS_ACTIVATION_COUNT",
  "FUNCTIONS_AVERAGE_DURATION_MS",
  "FUNCTIONS_ERROR_RATE_PER_MINUTE",
  "FUNCTIONS_AVERAGE_WAIT_TIME_MS",
  "FUNCTIONS_ERROR_COUNT",
  "FUNCTIONS_GB_RATE_PER_SECOND",
);

export const LogDestinations = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(
          /^[A-Za-z0-9()[\]'"][-A-Za-z0-9_. /()[\]]{0,40}[A-Za-z0-9()[\]'"]$/,
          "is not a valid name of 2-42 characters",
        ),
      papertrail: z.strictObject({ endpoint: z.string() }).optional(),
      datadog: z.strictObject({ endpoint: text, api_key: z.string() }).optional(),
      logtail: z.strictObject({ token: text }).optional(),
      open_search: z
        .strictObject({
          endpoint: text,
          cluster_name: text,
          index_name: text,
          basic_auth: z.strictObject({ user: text, password: text }).optional(),
        })
        .optional(),
      endpoint: text,
      tls_insecure: flag,
      headers: z.array(z.strictObject({ key: z.string(), value: text })).optional(),
    }),
  )
  .optional();

export const HealthCheck = z.strictObject({
  path: text,
  http_path: text,
  port: port.optional(),
  initial_delay_seconds: z.int().min(0).max(3600).optional(),
  period_seconds: z.int().min(1).max(300).optional(),
  timeout_seconds: z.int().min(1).max(120).optional(),
  success_threshold: z.int().min(1).max(50).optional(),
  failure_threshold: z.int().min(1).max(50).optional(),
});
export const LivenessCheck = HealthCheck.extend({ success_threshold: z.literal(1).optional() });

export const Termination = z.strictObject({
  drain_seconds: z.int().min(1).max(110).optional(),
  grace_period_seconds: z.int().min(1).max(600).optional(),
});

export const Autoscaling = z
  .strictObject({
    min_instance_count: z.int().min(1),
    max_instance_count: z.int().min(1).max(250),
    metrics: z.strictObject({
      cpu: z.strictObject({ percent: z.int().min(1).max(100).default(80) }).optional(),
      requests_per_second: z.strictObject({ per_instance: z.int().min(1) }).optional(),
      request_duration: z.strictObject({ p95_milliseconds: z.int().min(1) }).optional(),
    }),
  })
  .refine((scaling) => scaling.min_instance_count < scaling.max_instance_count, {
    path: ["max_instance_count"],
    error: "must be greater than min_instance_count",
  });

const matched = z.string().max(256).optional();
export const Cors = z.strictObject({
  allow_origins: z.array(z.strictObject({ exact: matched, prefix: matched, regex: matched })).optional(),
  allow_methods: z.array(z.string()).optional(),
  allow_headers: z.array(z.string()).optional(),
  expose_headers: z.array(z.string()).optional(),
  max_age: text,
  allow_credentials: flag,
});

export const Routes = z
  .array(z.strictObject({ path: z.string().startsWith("/"), preserve_path_prefix: flag }))
  .optional();
