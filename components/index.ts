export { type AppAlerts, AppPlatform, type AppPlatformArgs } from "./app-platform.ts";
export type { Protection, Shape, Transform } from "./base.ts";
export type { Compute, ComputeArgs, Image } from "./compute.ts";
export { Network, type NetworkArgs } from "./network.ts";
export {
  Postgres,
  type PostgresAdministration,
  type PostgresArgs,
  type PostgresConfig,
  type PostgresConnection,
  type PostgresDatabase,
  type PostgresPart,
  type PostgresPool,
} from "./postgres.ts";
export { PostgresGrants, type PostgresGrantsArgs } from "./postgres-grants.ts";
export { Project, type ProjectArgs } from "./project.ts";
export { type GeneratedSecret, Secrets, type SecretsArgs } from "./secrets.ts";
