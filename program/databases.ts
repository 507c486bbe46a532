import type * as pulumi from "@pulumi/pulumi";
import { Cache, type DatabaseArgs, Mongo, Postgres } from "../components/index.ts";
import type { protections } from "../settings/stack.ts";
import type { Settings } from "../settings.ts";
import { withCanary } from "./operations.ts";

/** The databases that a stack manages; undefined where the product has another's, or does without. */
export interface Databases {
  postgres: Postgres | undefined;
  mongo: Mongo | undefined;
  cache: Cache | undefined;
}

/** Where all of them are. */
type Place = Omit<DatabaseArgs, "size" | "nodeCount" | "maintenance">;

/** The clusters take minutes each, and none waits for another. */
export function makeDatabases(
  settings: Settings,
  place: Place,
  prefix: string,
  protection: ReturnType<typeof protections>,
  opts: pulumi.ComponentResourceOptions,
): Databases {
  const managed = (section: keyof Databases) => settings[section].provision === "managed";
  const common = (section: keyof Databases, suffix: string) => ({
    ...place,
    clusterName: settings[section].name ?? `${prefix}-${suffix}`,
  });
  return {
    postgres: managed("postgres")
      ? new Postgres(
          "postgres",
          {
            ...settings.postgres,
            ...common("postgres", "pg"),
            databases: withCanary(settings.postgres.databases, settings),
            protection: protection.of("postgres"),
          },
          opts,
        )
      : undefined,
    mongo: managed("mongo")
      ? new Mongo(
          "mongo",
          {
            ...settings.mongo,
            ...common("mongo", "mongo"),
            databases: withCanary(settings.mongo.databases, settings),
            protection: protection.of("mongo"),
          },
          opts,
        )
      : undefined,
    cache: managed("cache")
      ? new Cache(
          "cache",
          { ...settings.cache, ...common("cache", "cache"), protection: protection.of("cache") },
          opts,
        )
      : undefined,
  };
}

/** What an alert needs to know of each. */
export function watchedDatabases(settings: Settings, databases: Databases) {
  const sections = ["postgres", "mongo", "cache"] as const;
  return Object.fromEntries(
    sections.flatMap((section) => {
      const cluster = databases[section];
      return cluster
        ? [[section, { clusterId: cluster.clusterId, vcpus: vcpusOf(settings[section].size) }]]
        : [];
    }),
  );
}

/** Virtual CPUs of a node, from its plan's name: the load that it can carry. */
function vcpusOf(size: string): number {
  return Number(/(\d+)vcpu/.exec(size)?.[1] ?? 1);
}
