import type { Output } from "@pulumi/pulumi";
import { autoscaleProblem } from "../components/app-platform-rules.ts";
import { appRegions, type Datacentre } from "../components/catalog.ts";
import { trustedSourceProblem, vpcRangeProblem } from "../components/cidr.ts";
import { imageProblems } from "../components/compute-rules.ts";
import { duplicates, identifierProblem, nodeProblem, poolProblem } from "../components/postgres-rules.ts";
import { secretNameProblem } from "../components/secrets-rules.ts";
import type { Settings } from "../settings.ts";
import { endpointProblem } from "./endpoint.ts";
import { type Problem, shown } from "./problem.ts";

/** Settings as far as they are right on their own. */
export type Draft = DeepPartial<Settings>;
type DeepPartial<T> =
  T extends Output<unknown>
    ? T
    : T extends (infer E)[]
      ? (DeepPartial<E> | undefined)[]
      : T extends object
        ? { [K in keyof T]?: DeepPartial<T[K]> }
        : T;

/** What concerns more than one setting, or needs more than a pattern. Says nothing where a part is missing. */
export function rules(draft: Draft, apiEndpoint: string): Problem[] {
  const problems: Problem[] = [];
  const check = (path: string, value: unknown, problem: string | undefined) => {
    if (problem) problems.push({ path: `breakwater:${path}`, found: shown(value), allowed: problem });
  };
  if (draft.environment !== undefined) {
    const local = draft.environment === "local" || draft.rehearsal === true;
    const problem = endpointProblem(apiEndpoint, local);
    if (problem)
      problems.push({
        path: "digitalocean:apiEndpoint (DIGITALOCEAN_API_URL)",
        found: shown(apiEndpoint.replace(/\/\/.*@/, "//[secret]@")),
        allowed: problem,
      });
  }
  networkRules(draft, check);
  postgresRules(draft, check);
  appRules(draft, check);
  return problems;
}

type Check = (path: string, value: unknown, problem: string | undefined) => void;

function networkRules({ network, region }: Draft, check: Check): void {
  if (network?.ipRange !== undefined)
    check("network.ipRange", network.ipRange, vpcRangeProblem(network.ipRange, region));
  if (network?.vpcId !== undefined)
    for (const key of ["ipRange", "import", "name"] as const)
      check(
        `network.${key}`,
        network[key],
        network[key] && "can't go together with vpcId, whose VPC has its own",
      );
}

function postgresRules({ postgres }: Draft, check: Check): void {
  if (!postgres) return;
  const { size, nodeCount, databases = [], pools = [], trustedSources = [] } = postgres;
  if (size !== undefined) {
    if (nodeCount !== undefined) check("postgres.nodeCount", nodeCount, nodeProblem(size, nodeCount));
    const sizes = pools.map((pool) => ({ size: pool?.size ?? 0 }));
    check("postgres.pools", undefined, poolProblem(size, sizes));
  }
  if (postgres.databases?.length === 0) check("postgres.databases", [], "must have at least one entry");
  for (const [index, database] of databases.entries())
    for (const [key, kind] of [["name", "database"] as const, ["user", "user"] as const]) {
      const name = database?.[key];
      if (name !== undefined)
        check(`postgres.databases[${index}].${key}`, name, identifierProblem(kind, name));
    }
  const names = present(databases.map((database) => database?.name));
  for (const twice of duplicates(names)) check("postgres.databases", twice, "is listed twice");
  for (const twice of duplicates(present(pools.map((pool) => pool?.name))))
    check("postgres.pools", twice, "is listed twice");
  const known = names.length === databases.length;
  for (const [index, pool] of pools.entries())
    if (known && pool?.database !== undefined && !names.includes(pool.database))
      check(
        `postgres.pools[${index}].database`,
        pool.database,
        `must be one of the databases: ${names.join(", ")}`,
      );
  for (const [index, source] of trustedSources.entries())
    if (source !== undefined)
      check(`postgres.trustedSources[${index}]`, source, trustedSourceProblem(source));
}

function present<T>(values: (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

function appRules(
  { app, region, secrets, secretEnv, registryCredentials, slackWebhook }: Draft,
  check: Check,
): void {
  const { env, image, instanceSize, instances, autoscale, alerts } = app ?? {};
  if (app?.region !== undefined && region !== undefined && app.region !== appRegions[region as Datacentre])
    check(
      "app.region",
      app.region,
      `must be ${appRegions[region]}, the only region that can join a VPC in ${region}`,
    );
  if (image) {
    const credentials = image.registryType === "DOCR" ? undefined : registryCredentials;
    for (const problem of imageProblems({ ...image, credentials })) check("app.image", undefined, problem);
    if (image.registryType === "DOCR" && registryCredentials)
      check("registryCredentials", undefined, "must be left out with an image from DOCR");
  }
  if (autoscale) {
    if (instances !== undefined) check("app.instances", instances, "can't go together with autoscale");
    const { min, max } = autoscale;
    if (instanceSize !== undefined && min !== undefined && max !== undefined)
      check("app.autoscale", autoscale, autoscaleProblem(instanceSize, { min, max }));
  }
  if (alerts?.slackChannel !== undefined && slackWebhook === undefined)
    check("slackWebhook", undefined, "is required with app.alerts.slackChannel");
  if (slackWebhook !== undefined && app && alerts?.slackChannel === undefined)
    check("app.alerts.slackChannel", undefined, "is required with slackWebhook");

  const names = Object.keys(secrets ?? {});
  for (const name of names) check(`secrets.${name}`, undefined, secretNameProblem(name, names));

  const sources = { "app.env": env, secretEnv, secrets };
  const owners = new Map(reservedVariables.map((name) => [name, "the program"]));
  for (const [path, variables] of Object.entries(sources))
    for (const name of Object.keys(variables ?? {})) {
      const owner = owners.get(name);
      check(`${path}.${name}`, undefined, owner && `can't be set here: it comes from ${owner}`);
      owners.set(name, `breakwater:${path}`);
    }
}

/** Variables that the program or the platform gives to the product. */
const reservedVariables = ["DATABASE_URL", "DATABASE_POOL_URL", "DATABASE_CA_CERT", "PORT"];
