import type { Call } from "../../call.ts";
import { badRequest } from "../../errors.ts";
import { clusters } from "../databases/clusters.ts";
import { vpcs } from "../vpcs.ts";
import { DEFAULT_REGION, DEFAULT_SIZE, findRegion, findSize } from "./catalog.ts";
import { componentsOf, type IngressRule, type Listed, type Spec } from "./spec.ts";
import { SOURCES } from "./spec-parts.ts";

const ENGINES: Record<string, string> = {
  MYSQL: "mysql",
  PG: "pg",
  REDIS: "redis",
  MONGODB: "mongodb",
  KAFKA: "kafka",
  OPENSEARCH: "opensearch",
  VALKEY: "valkey",
};

/** What a spec's form does not say: the rules between its parts, and with what is around it. */
export function refuseBrokenRules(spec: Spec, call: Call<unknown>): void {
  const components = componentsOf(spec);
  const names = [
    ...components.map(({ component }) => component.name),
    ...(spec.databases ?? []).map((database) => database.name),
  ];
  if (names.length === 0) throw refused("spec", "must have at least one component");
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw refused("spec", `has two components named ${twice}`);
  for (const each of components) refuseComponent(each);
  for (const rule of spec.ingress?.rules ?? []) refuseIngress(rule, components);
  if ((spec.domains ?? []).filter((domain) => domain.type === "PRIMARY").length > 1)
    throw refused("domains", "has more than one PRIMARY domain");
  for (const database of spec.databases ?? []) {
    if (!database.cluster_name) {
      if (database.production)
        throw refused(`databases.${database.name}`, "needs a cluster_name, being a production database");
      continue;
    }
    const cluster = clusters.all(call).find((cluster) => cluster.name === database.cluster_name);
    if (!cluster)
      throw refused(`databases.${database.name}.cluster_name`, `${database.cluster_name} does not exist`);
    const engine = ENGINES[database.engine ?? "UNSET"];
    if (engine !== undefined && engine !== cluster.engine)
      throw refused(`databases.${database.name}.engine`, `the cluster's engine is ${cluster.engine}`);
  }
  refuseVpc(spec, call);
}

function refuseComponent({ key, component }: Listed): void {
  const at = `${key}.${component.name}`;
  const sources = SOURCES.filter((source) => component[source] !== undefined);
  if (sources.length !== 1) throw refused(at, `must have one source of ${SOURCES.join(", ")}`);
  if (component.image && (key === "static_sites" || key === "functions"))
    throw refused(at, "can not be made from an image");
  const size = findSize(component.instance_size_slug ?? DEFAULT_SIZE);
  if (!size)
    throw refused(`${at}.instance_size_slug`, `${component.instance_size_slug} is not a valid instance size`);
  if (!component.autoscaling) return;
  if (!size.dedicated) throw refused(`${at}.autoscaling`, "needs an instance size with a dedicated CPU");
  if (component.instance_count !== undefined)
    throw refused(`${at}.instance_count`, "can not be set together with autoscaling");
}

function refuseIngress(rule: IngressRule, components: readonly Listed[]): void {
  if (!rule.component) return;
  const { name } = rule.component;
  const target = components.find(({ component }) => component.name === name);
  if (!target?.serves)
    throw refused("ingress.rules.component.name", `${name} is no component that serves requests`);
}

function refuseVpc(spec: Spec, call: Call<unknown>): void {
  if (!spec.vpc) return;
  const vpc = vpcs.find(call, spec.vpc.id);
  if (!vpc) throw refused("vpc.id", `VPC ${spec.vpc.id} not found`);
  const joins = findRegion(spec.region ?? DEFAULT_REGION)?.data_centers[0];
  if (vpc.region !== joins)
    throw refused(
      "vpc.id",
      `apps in ${spec.region ?? DEFAULT_REGION} can only join VPCs in ${joins}; this one is in ${vpc.region}`,
    );
  if (spec.functions?.length) throw refused("vpc", "functions can not use a VPC");
}

export const refused = (field: string, why: string) =>
  badRequest(`error validating app spec field "${field}": ${why}`);

/** The spec with what the platform fills in: the region, ports, and ingress rules for what serves requests. */
export function withDefaults(spec: Spec): Spec {
  const services = spec.services?.map((service) => ({
    ...service,
    ...(service.http_port === undefined && !service.internal_ports?.length ? { http_port: 8080 } : {}),
  }));
  const filled: Spec = {
    ...spec,
    region: spec.region ?? DEFAULT_REGION,
    ...(services && { services }),
    ...(spec.domains && { domains: primaryFirst(spec.domains) }),
  };
  if (spec.ingress) return filled;
  const rules = defaultIngress(filled);
  return { ...withoutRoutes(filled), ...(rules.length > 0 && { ingress: { rules } }) };
}

/** One domain is the PRIMARY one: the first, when none is said to be. */
function primaryFirst(domains: NonNullable<Spec["domains"]>): NonNullable<Spec["domains"]> {
  const named = domains.some((domain) => domain.type === "PRIMARY");
  return domains.map((domain, at) => ({
    ...domain,
    type:
      domain.type && domain.type !== "UNSPECIFIED" ? domain.type : !named && at === 0 ? "PRIMARY" : "ALIAS",
  }));
}

/** Deprecated routes become ingress rules; without any, the first component has all paths and each other its own. */
function defaultIngress(spec: Spec): IngressRule[] {
  const reachable = [
    ...(spec.services ?? []).filter((service) => service.http_port !== undefined),
    ...(spec.static_sites ?? []),
    ...(spec.functions ?? []),
  ];
  return reachable.flatMap(({ name, routes, cors }, at) => {
    const paths = routes?.length ? routes : [{ path: at === 0 ? "/" : `/${name}` }];
    return paths.map(({ path, preserve_path_prefix }) => ({
      match: { path: { prefix: path } },
      component: { name, ...(preserve_path_prefix && { preserve_path_prefix }) },
      ...(cors && { cors }),
    }));
  });
}

function withoutRoutes(spec: Spec): Spec {
  const strip = <C extends { routes?: unknown; cors?: unknown }>(components: C[] | undefined) =>
    components?.map(({ routes: _routes, cors: _cors, ...component }) => component as C);
  const { services, static_sites, functions, ...rest } = spec;
  return {
    ...rest,
    ...(services && { services: strip(services) }),
    ...(static_sites && { static_sites: strip(static_sites) }),
    ...(functions && { functions: strip(functions) }),
  };
}
