import type { Call } from "../../call.ts";
import type {
  AppSpec,
  ComponentSpec,
  Cors as CorsSpec,
  DeploymentSpec,
  Outcome,
  Probe,
  RuleSpec,
} from "../../dataplane/apps/spec.ts";
import type { Saved } from "../../store.ts";
import { type App, apps } from "./apps.ts";
import { environmentOf } from "./environment.ts";
import { privatePorts } from "./places.ts";
import { componentsOf, type IngressRule, type Listed, type Spec } from "./spec.ts";
import { DEPLOYMENT, type Deployment, deploymentsOf, isToRun } from "./timeline.ts";

/** What every app is to be, for what runs them. */
export const appSpecs = (call: Call<unknown>): AppSpec[] => apps.all(call).map((app) => appSpec(app, call));

/** Notes how a deployment ended that ran. */
export function recordOutcome(call: Call<unknown>, app: string, id: string, outcome: Outcome): void {
  const deployment = call.store.get<Deployment>(DEPLOYMENT, app, id);
  if (!deployment) return;
  call.store.update({ ...deployment, outcome: { ...outcome, at: call.now } });
  const name = apps.find(call, app)?.name ?? app;
  const why = outcome.phase === "ERROR" ? `: ${outcome.failure.message}` : "";
  call.store.note(call.now, `a deployment of app ${name} is ${outcome.phase}${why}`);
}

function appSpec(app: Saved<App>, call: Call<unknown>): AppSpec {
  const deployments = deploymentsOf(call, app.id);
  const latest = deployments.at(-1);
  const live = deployments.findLast(({ outcome, canceled }) => outcome?.phase === "ACTIVE" && !canceled);
  return {
    id: app.id,
    name: app.name,
    url: app.url,
    domains: app.domains.map(({ domain }) => domain),
    ...(live && { live: deploymentSpec(app, live, call) }),
    ...(latest && isToRun(latest) && { next: deploymentSpec(app, latest, call) }),
  };
}

function deploymentSpec(
  app: Saved<App>,
  { id, spec, restarts }: Saved<Deployment>,
  call: Call<unknown>,
): DeploymentSpec {
  const header = spec.ingress?.secure_header;
  return {
    id,
    components: componentsOf(spec).map((listed) => componentSpec(app, spec, listed, call)),
    rules: (spec.ingress?.rules ?? []).map(ruleSpec),
    ...(header && !header.remove_header && { header: { key: header.key, value: header.value ?? "" } }),
    ...(restarts && { restarts }),
  };
}

const KINDS = {
  services: "service",
  workers: "worker",
  jobs: "job",
  static_sites: "static site",
  functions: "functions",
} as const;

/** Jobs may take half an hour, as on the platform. */
const JOB_LIMIT = "30m";

function componentSpec(app: Saved<App>, spec: Spec, listed: Listed, call: Call<unknown>): ComponentSpec {
  const { key, component } = listed;
  const service = spec.services?.find(({ name }) => name === component.name);
  const worker = spec.workers?.find(({ name }) => name === component.name);
  const job = spec.jobs?.find(({ name }) => name === component.name);
  const site = spec.static_sites?.find(({ name }) => name === component.name);
  const liveness = service?.liveness_health_check ?? worker?.liveness_health_check;
  const privatePort = service && privatePorts(spec).get(service.name);
  const { drain_seconds = 15, grace_period_seconds = 120 } = component.termination ?? {};
  return {
    name: component.name,
    kind: KINDS[key],
    source: sourceOf(component),
    folder: component.source_dir ?? "/",
    ...(component.build_command && {
      build: { command: component.build_command, env: environmentOf(app, spec, listed, "build", call) },
    }),
    ...(component.run_command && { command: component.run_command }),
    env: environmentOf(app, spec, listed, "run", call),
    instances: component.autoscaling?.min_instance_count ?? component.instance_count ?? 1,
    ...(job && { job: !job.kind || job.kind === "UNSPECIFIED" ? "POST_DEPLOY" : job.kind }),
    ...(service &&
      privatePort !== undefined && {
        serves: { privatePort, readiness: probe(service.health_check ?? {}, READINESS) },
      }),
    ...(liveness && { liveness: probe(liveness, LIVENESS) }),
    ...(site && {
      site: {
        ...(site.output_dir !== undefined && { folder: site.output_dir }),
        index: site.index_document ?? "index.html",
        error: site.error_document ?? "404.html",
        ...(site.catchall_document !== undefined && { catchall: site.catchall_document }),
      },
    }),
    drain: drain_seconds * 1000,
    grace: grace_period_seconds * 1000,
    limit: milliseconds(job?.timeout ?? JOB_LIMIT),
  };
}

/** What the table of workspaces knows it by. */
function sourceOf({ image, git, github, gitlab, bitbucket }: Listed["component"]): string {
  if (image) {
    const { registry, repository, tag } = image;
    return `${registry ? `${registry}/` : ""}${repository}${tag ? `:${tag}` : ""}`;
  }
  return git?.repo_clone_url ?? (github ?? gitlab ?? bitbucket)?.repo ?? "";
}

/** The platform's defaults (https://docs.digitalocean.com/products/app-platform/how-to/manage-health-checks/), in seconds. */
const READINESS = { initial_delay_seconds: 0, period_seconds: 10, timeout_seconds: 1, failure_threshold: 9 };
const LIVENESS = { initial_delay_seconds: 5, period_seconds: 10, timeout_seconds: 1, failure_threshold: 18 };

type Check = NonNullable<NonNullable<Spec["services"]>[number]["health_check"]>;

function probe(check: Check, defaults: typeof READINESS): Probe {
  const { initial_delay_seconds, period_seconds, timeout_seconds, failure_threshold } = {
    ...defaults,
    ...check,
  };
  const path = check.http_path || check.path;
  return {
    ...(path && { path }),
    delay: initial_delay_seconds * 1000,
    period: period_seconds * 1000,
    timeout: timeout_seconds * 1000,
    successes: check.success_threshold ?? 1,
    failures: failure_threshold,
  };
}

function ruleSpec({ match, component, redirect, cors }: IngressRule): RuleSpec {
  return {
    prefix: match?.path?.prefix ?? "/",
    ...(match?.authority && { authority: match.authority.exact }),
    ...(component && {
      component: {
        name: component.name,
        keepPrefix: component.preserve_path_prefix ?? false,
        ...(component.rewrite && { rewrite: component.rewrite }),
      },
    }),
    ...(redirect && { redirect: { ...redirect, code: redirect.redirect_code ?? 302 } }),
    ...(cors && { cors: corsSpec(cors) }),
  };
}

const corsSpec = (cors: NonNullable<IngressRule["cors"]>): CorsSpec => ({
  origins: cors.allow_origins ?? [],
  methods: cors.allow_methods ?? [],
  headers: cors.allow_headers ?? [],
  exposed: cors.expose_headers ?? [],
  ...(cors.max_age && { maxAge: milliseconds(cors.max_age) / 1000 }),
  credentials: cors.allow_credentials ?? false,
});

const UNITS: Record<string, number> = { h: 3600_000, m: 60_000, s: 1000 };

/** A duration such as `5h30m`. */
function milliseconds(duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  return parts.reduce((sum, [, number, unit = "s"]) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}
