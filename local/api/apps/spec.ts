import * as z from "zod";
import { APP_REGIONS } from "./catalog.ts";
import {
  AppAlerts,
  Autoscaling,
  Cors,
  Envs,
  FunctionAlerts,
  flag,
  HealthCheck,
  JobAlerts,
  LivenessCheck,
  LogDestinations,
  Name,
  port,
  Routes,
  ServiceAlerts,
  Source,
  Termination,
  text,
  WorkerAlerts,
} from "./spec-parts.ts";

/**
 * An app's spec as App Platform accepts it (https://docs.digitalocean.com/products/app-platform/reference/app-spec/).
 * A field that it does not know is refused: the mistake that it is would otherwise pass for a setting.
 */

const Component = z.strictObject({ name: Name, ...Source, envs: Envs, log_destinations: LogDestinations });

const Container = Component.extend({
  run_command: text,
  instance_count: z.int().min(1).max(250).optional(),
  instance_size_slug: text,
  termination: Termination.optional(),
});

const Service = Container.extend({
  alerts: ServiceAlerts,
  autoscaling: Autoscaling.optional(),
  cors: Cors.optional(),
  health_check: HealthCheck.optional(),
  liveness_health_check: LivenessCheck.optional(),
  http_port: port.optional(),
  internal_ports: z.array(port).optional(),
  protocol: z.enum(["HTTP", "HTTP2"]).optional(),
  routes: Routes,
  inactivity_sleep: z
    .strictObject({
      after_seconds: z.int().min(600).max(86_400),
      loading_page: z.strictObject({ enabled: flag, custom_url: text }).optional(),
    })
    .optional(),
});

const Worker = Container.extend({
  alerts: WorkerAlerts,
  autoscaling: Autoscaling.optional(),
  liveness_health_check: LivenessCheck.optional(),
});

const Job = Container.extend({
  alerts: JobAlerts,
  kind: z.enum(["UNSPECIFIED", "PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY", "SCHEDULED"]).optional(),
  schedule: z.strictObject({ cron: z.string().min(1), time_zone: text }).optional(),
  timeout: text,
}).refine((job) => (job.kind === "SCHEDULED") === (job.schedule !== undefined), {
  path: ["schedule"],
  error: "belongs to jobs of kind SCHEDULED, and to all of them",
});

const StaticSite = Component.extend({
  cors: Cors.optional(),
  routes: Routes,
  index_document: text,
  error_document: text,
  catchall_document: text,
  output_dir: text,
}).refine((site) => !(site.error_document && site.catchall_document), {
  path: ["catchall_document"],
  error: "can not be set together with error_document",
});

const Functions = Component.extend({ alerts: FunctionAlerts, cors: Cors.optional(), routes: Routes });

const Database = z.strictObject({
  name: Name,
  engine: z.enum(["UNSET", "MYSQL", "PG", "REDIS", "MONGODB", "KAFKA", "OPENSEARCH", "VALKEY"]).optional(),
  version: text,
  production: flag,
  cluster_name: text,
  db_name: z
    .string()
    .regex(/^[^A-Z]*$/, "can not contain capitals")
    .optional(),
  db_user: text,
  size: text,
  num_nodes: z.int().optional(),
});

const Domain = z.strictObject({
  domain: z
    .string()
    .min(4)
    .max(253)
    .regex(/^((xn--)?[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*\.)+[a-zA-Z]{2,}\.?$/, "is not a domain name"),
  type: z.enum(["UNSPECIFIED", "DEFAULT", "PRIMARY", "ALIAS"]).optional(),
  wildcard: flag,
  zone: text,
  certificate: text,
  minimum_tls_version: z.enum(["1.2", "1.3"]).optional(),
});

const IngressRule = z
  .strictObject({
    match: z
      .strictObject({
        path: z.strictObject({ prefix: z.string().startsWith("/").max(256) }).optional(),
        authority: z.strictObject({ exact: z.string().max(256) }).optional(),
      })
      .optional(),
    component: z.strictObject({ name: z.string(), preserve_path_prefix: flag, rewrite: text }).optional(),
    redirect: z
      .strictObject({
        uri: text,
        authority: text,
        port: z.int().optional(),
        scheme: z.enum(["http", "https"]).optional(),
        redirect_code: z.literal([300, 301, 302, 303, 304, 307, 308]).optional(),
      })
      .optional(),
    cors: Cors.optional(),
  })
  .refine(
    (rule) => (rule.component === undefined) !== (rule.redirect === undefined),
    "must have either a component or a redirect",
  );
export type IngressRule = z.output<typeof IngressRule>;

export const Spec = z.strictObject({
  name: Name,
  region: z.enum(APP_REGIONS.map((region) => region.slug)).optional(),
  services: z.array(Service).optional(),
  static_sites: z.array(StaticSite).optional(),
  workers: z.array(Worker).optional(),
  jobs: z.array(Job).optional(),
  functions: z.array(Functions).optional(),
  databases: z.array(Database).optional(),
  domains: z.array(Domain).optional(),
  envs: Envs,
  alerts: AppAlerts,
  ingress: z
    .strictObject({
      rules: z.array(IngressRule).optional(),
      secure_header: z.strictObject({ key: z.string(), value: text, remove_header: flag }).optional(),
      load_balancer: text,
      load_balancer_size: z.int().optional(),
      custom_error_page_url: z.string().startsWith("https://").optional(),
    })
    .optional(),
  egress: z.strictObject({ type: z.enum(["AUTOASSIGN", "DEDICATED_IP"]).optional() }).optional(),
  features: z.array(z.string()).optional(),
  maintenance: z.strictObject({ enabled: flag, archive: flag, offline_page_url: text }).optional(),
  vpc: z.strictObject({ id: z.string(), egress_ips: z.unknown().optional() }).optional(),
  disable_edge_cache: flag,
  disable_email_obfuscation: flag,
  enhanced_threat_control_enabled: flag,
});
export type Spec = z.output<typeof Spec>;

/** The kinds of component that run code, by their key in a spec; `type` is what deployments call them. */
const COMPONENTS = [
  { key: "services", type: "service", serves: true },
  { key: "static_sites", type: "static site", serves: true },
  { key: "functions", type: "functions", serves: true },
  { key: "workers", type: "worker", serves: false },
  { key: "jobs", type: "job", serves: false },
] as const;

type Component = z.output<typeof Component> &
  Partial<
    z.output<typeof Container> & {
      autoscaling: z.output<typeof Autoscaling>;
      alerts: z.output<typeof ServiceAlerts>;
    }
  >;

export interface Listed {
  key: (typeof COMPONENTS)[number]["key"];
  type: string;
  /** Whether it answers requests from outside. */
  serves: boolean;
  component: Component;
}

/** Every component that runs code, in the order in which the platform lists them. */
export const componentsOf = (spec: Spec): Listed[] =>
  COMPONENTS.flatMap(({ key, type, serves }) =>
    (spec[key] ?? []).map((component: Component) => ({ key, type, serves, component })),
  );
