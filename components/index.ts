export { type AppAlerts, AppPlatform, type AppPlatformArgs } from "./app-platform.ts";
export type { Protection, Shape, Transform } from "./base.ts";
export { BootKey, type BootKeyArgs } from "./boot-key.ts";
export type { BucketArgs } from "./bucket-args.ts";
export { Cache, type CacheArgs, type CachePart } from "./cache.ts";
export type { Compute, ComputeArgs, Image } from "./compute.ts";
export { atMostUsd, type CostLine, type MonthlyCost, totalOf } from "./costs.ts";
export type { DatabaseArgs } from "./database-args.ts";
export { DocumentStore, type DocumentStoreArgs, documentHeaders } from "./document-store.ts";
export { Domain, type DomainArgs, type Mail } from "./domain.ts";
export { DropletFleet } from "./droplet-fleet.ts";
export type { DropletAutoscaling, DropletFleetArgs } from "./droplet-fleet-args.ts";
export { DumpStore, type DumpStoreArgs } from "./dump-store.ts";
export { LoadBalancer, type LoadBalancerArgs } from "./load-balancer.ts";
export type { BalancerFirewall } from "./load-balancer-rules.ts";
export { Mongo } from "./mongo.ts";
export type { MongoArgs, MongoConfig, MongoConnection, MongoDatabase, MongoPart } from "./mongo-args.ts";
export { Monitoring } from "./monitoring.ts";
export type { MonitoringArgs, Thresholds } from "./monitoring-args.ts";
export { Network, type NetworkArgs } from "./network.ts";
export { Operations, type OperationsArgs } from "./operations.ts";
export { Peering, type PeeringArgs } from "./peering.ts";
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
export { assetHeaders, PublicAssets, type PublicAssetsArgs } from "./public-assets.ts";
export { type GeneratedSecret, Secrets, type SecretsArgs } from "./secrets.ts";
