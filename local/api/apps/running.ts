import type { Call } from "../../call.ts";
import { LOG_TYPES } from "../../dataplane/apps/logs.ts";
import { badRequest, notFound } from "../../errors.ts";
import type { Saved } from "../../store.ts";
import { type App, apps } from "./apps.ts";
import { DEFAULT_SIZE, findSize } from "./catalog.ts";
import { momentOf } from "./deployments.ts";
import { componentsOf, type Listed } from "./spec.ts";
import { timeline } from "./timeline.ts";

// What one app runs: its instances, their health, and what they print.

interface Running {
  name: string;
  type: "SERVICE" | "WORKER";
  component: Listed["component"];
  desired: number;
  /** What really runs of it; undefined where nothing does. */
  health: ReturnType<NonNullable<Call["dataPlane"]["apps"]>["healthOf"]>[number] | undefined;
}

/** Services and workers as the spec asks for them, once a deployment is live. */
function runningOf(app: Saved<App>, call: Call): Running[] {
  const live = timeline(call, app.id).find(({ phase }) => phase === "ACTIVE");
  if (!live) return [];
  const health = call.dataPlane.apps?.healthOf(app.id) ?? [];
  return componentsOf(live.deployment.spec).flatMap(({ key, component }) => {
    if (key !== "services" && key !== "workers") return [];
    const desired = component.autoscaling?.min_instance_count ?? component.instance_count ?? 1;
    const real = health.find(({ name, instances }) => name === component.name && instances.length > 0);
    const type = key === "services" ? "SERVICE" : "WORKER";
    return [{ name: component.name, type, component, desired, health: real }];
  });
}

apps.read("/instances", (app, call) => ({
  instances: runningOf(app, call).flatMap(({ name, type, desired, health }) =>
    Array.from({ length: desired }, (_, number) => ({
      component_name: name,
      component_type: type,
      instance_name: health?.instances[number]?.name ?? `${name}-${app.id.slice(0, 8)}-${number}`,
      instance_alias: `${name}-${number}`,
    })),
  ),
}));

apps.read("/health", (app, call) => ({
  app_health: { components: runningOf(app, call).map(healthView), functions_components: [] },
}));

/** What nothing serves counts as well; what runs is as it is. */
function healthView({ name, component, desired, health }: Running) {
  const ready = health?.instances.filter((instance) => instance.ready).length ?? desired;
  const size = findSize(component.instance_size_slug ?? DEFAULT_SIZE);
  const percent = (used: number, of: number) => Math.round((1000 * used) / (of * desired)) / 10;
  return {
    name,
    cpu_usage_percent: size && health ? percent(health.usage.cpus, size.cpus) : 0,
    memory_usage_percent: size && health ? percent(health.usage.memoryMib, size.gib * 1024) : 0,
    replicas_desired: desired,
    replicas_ready: ready,
    state: ready === desired ? "HEALTHY" : "UNHEALTHY",
  };
}

apps.read("/logs", (app, call) => logsOf(app, activeIn(app, call), call));
apps.read("/components/:component/logs", (app, call) => logsOf(app, activeIn(app, call), call));
apps.read("/deployments/:deployment/logs", (app, call) => logsOf(app, deploymentIn(app, call), call));
apps.read("/deployments/:deployment/components/:component/logs", (app, call) =>
  logsOf(app, deploymentIn(app, call), call),
);

const deploymentIn = (app: Saved<App>, call: Call): string =>
  momentOf(app, call.params.deployment ?? "", call).deployment.id;

const activeIn = (app: Saved<App>, call: Call): string | undefined =>
  timeline(call, app.id).find(({ phase }) => phase === "ACTIVE")?.deployment.id;

/** Links to a log: one to what there is, and with `follow` one that goes on. */
function logsOf(app: Saved<App>, deployment: string | undefined, call: Call) {
  const component = call.params.component ?? (call.query.get("component_name") || undefined); // doctl's way
  if (component !== undefined && !componentsOf(app.spec).some((each) => each.component.name === component))
    throw notFound(`component ${component} not found`);
  const wanted = call.query.get("type") || "UNSPECIFIED";
  const type = LOG_TYPES.find((type) => type === wanted) ?? (wanted === "UNSPECIFIED" ? "RUN" : undefined);
  if (type === undefined) throw badRequest(`type must be one of ${LOG_TYPES.join(", ")}`);
  const lines = Number(call.query.get("tail_lines") ?? -1);
  if (!Number.isInteger(lines)) throw badRequest("tail_lines must be a whole number");
  const tail = lines > 0 ? lines : undefined; // doctl asks for -1 when it wants them all
  const link = (follow: boolean) =>
    deployment &&
    call.dataPlane.apps?.logLink({ app: app.id, deployment, component, type }, { follow, tail });
  const archive = link(false);
  return {
    historic_urls: archive ? [archive] : [],
    live_url: (call.query.get("follow") === "true" && link(true)) || "",
  };
}
