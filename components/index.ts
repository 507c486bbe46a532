export { type AppAlerts, AppPlatform, type AppPlatformArgs } from "./app-platform.ts";
export type { Protection, Shape, Transform } from "./base.ts";
export { Cache, type CacheArgs, type CachePart } from "./cache.ts";
export type { Compute, ComputeArgs, Image } from "./compute.ts";
export { atMostUsd, type CostLine, type MonthlyCost, totalOf } from "./costs.ts";
export type { DatabaseArgs } from "./database-args.ts";
export { Mongo } from "./mongo.ts";
export type { MongoArgs, MongoConfig, MongoConnection, MongoDatabase, MongoPart } from "./mongo-args.ts";
export { Network, type NetworkArgs } from "./network.ts";
export { Postgres } from "./postgres.ts";
export type {
  PostgresAdministration,
  PostgresArgs,
  PostgresConfig,
  PostgresConnection,
  PostgresDatabase,
  PostgresPart,
  PostgresPool,
} from "./postgres-args.ts";
export { PostgresGrants, type PostgresGrantsArgs } from "./postgres-grants.ts";
export { Project, type ProjectArgs } from "./project.ts";
export { type GeneratedSecret, Secrets, type SecretsArgs } from "./secrets.ts";
