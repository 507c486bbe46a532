/**
 * What DigitalOcean offers, as far as a program must know it before it asks: DigitalOcean's preview checks
 * no slug, so a wrong one would only surface in the middle of an update.
 *
 * Sources: DigitalOcean's API description (August 2026) and its documentation (App Platform VPC regions
 * 2025-09-24, PostgreSQL versions 2025-11-05, MongoDB versions 2025-07-17). Live lists: `GET /v2/databases/options`,
 * `GET /v2/apps/tiers/instance_sizes`.
 */

/** The one datacentre whose VPCs each App Platform region can join, turned round: datacentre to app region. */
export const appRegions = {
  ams3: "ams",
  blr1: "blr",
  fra1: "fra",
  lon1: "lon",
  nyc1: "nyc",
  sfo3: "sfo",
  sgp1: "sgp",
  syd1: "syd",
  tor1: "tor",
} as const;

/** A datacentre in which app, database and network can share one VPC. */
export type Datacentre = keyof typeof appRegions;
/** A region of App Platform. */
export type AppRegion = (typeof appRegions)[Datacentre];

export const datacentres = Object.keys(appRegions) as Datacentre[];

/** Major versions of PostgreSQL that a new cluster may have. 15 can be created until 2027-05-12. */
export const postgresVersions = ["15", "16", "17", "18"] as const;
export type PostgresVersion = (typeof postgresVersions)[number];

/** Plans of a PostgreSQL node. The slug ends in its memory. */
export const postgresSizes = [
  "db-s-1vcpu-1gb",
  "db-s-1vcpu-2gb",
  "db-s-2vcpu-4gb",
  "db-s-4vcpu-8gb",
  "db-s-6vcpu-16gb",
  "db-amd-1vcpu-1gb",
  "db-amd-1vcpu-2gb",
  "db-amd-2vcpu-4gb",
  "db-amd-2vcpu-8gb",
  "db-amd-4vcpu-8gb",
  "db-amd-4vcpu-16gb",
  "db-amd-8vcpu-32gb",
  "db-amd-16vcpu-64gb",
  "db-intel-1vcpu-1gb",
  "db-intel-1vcpu-2gb",
  "db-intel-2vcpu-4gb",
  "db-intel-2vcpu-8gb",
  "db-intel-4vcpu-8gb",
  "db-intel-4vcpu-16gb",
  "db-intel-8vcpu-32gb",
  "db-intel-16vcpu-64gb",
  "gd-2vcpu-8gb",
  "gd-4vcpu-16gb",
  "gd-8vcpu-32gb",
  "gd-16vcpu-64gb",
  "gd-32vcpu-128gb",
  "gd-40vcpu-160gb",
  "so1_5-2vcpu-16gb",
  "so1_5-4vcpu-32gb",
  "so1_5-8vcpu-64gb",
  "so1_5-16vcpu-128gb",
  "so1_5-24vcpu-192gb",
  "so1_5-32vcpu-256gb",
] as const;
export type PostgresSize = (typeof postgresSizes)[number];

/** Versions of MongoDB that a new cluster may have: 6.0 ended on 2025-07-01, 7.0 on 2026-08-01. */
export const mongoVersions = ["8.0"] as const;
export type MongoVersion = (typeof mongoVersions)[number];

/** Plans of a MongoDB node. */
export const mongoSizes = [
  "db-s-1vcpu-1gb",
  "db-s-1vcpu-2gb",
  "db-s-2vcpu-4gb",
  "db-s-4vcpu-8gb",
  "db-s-6vcpu-16gb",
  "db-s-8vcpu-32gb",
  "db-s-16vcpu-64gb",
  "gd-2vcpu-8gb",
  "gd-4vcpu-16gb",
  "gd-8vcpu-32gb",
  "gd-16vcpu-64gb",
  "gd-32vcpu-128gb",
  "gd-40vcpu-160gb",
  "so1_5-2vcpu-16gb",
  "so1_5-4vcpu-32gb",
  "so1_5-8vcpu-64gb",
  "so1_5-16vcpu-128gb",
  "so1_5-24vcpu-192gb",
  "so1_5-32vcpu-256gb",
] as const;
export type MongoSize = (typeof mongoSizes)[number];

/** Versions of Valkey that a new cluster may have. DigitalOcean upgrades them by itself. */
export const valkeyVersions = ["8"] as const;
export type ValkeyVersion = (typeof valkeyVersions)[number];

/** Plans of a Valkey node. About half to two thirds of the memory is there for keys. */
export const valkeySizes = [
  "db-s-1vcpu-1gb",
  "db-s-1vcpu-2gb",
  "db-s-2vcpu-4gb",
  "db-s-4vcpu-8gb",
  "db-s-6vcpu-16gb",
  "db-s-8vcpu-32gb",
  "db-s-16vcpu-64gb",
  "m-2vcpu-16gb",
  "m-4vcpu-32gb",
  "m-8vcpu-64gb",
  "m-16vcpu-128gb",
  "m-24vcpu-192gb",
  "m-32vcpu-256gb",
] as const;
export type ValkeySize = (typeof valkeySizes)[number];

/** Regions of Spaces. */
export const spacesRegions = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc3",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
] as const;
export type SpacesRegion = (typeof spacesRegions)[number];

/** The region of Spaces nearest to a datacentre: its own, but for nyc1, which has none. */
export function spacesRegion(datacentre: Datacentre): SpacesRegion {
  return datacentre === "nyc1" ? "nyc3" : datacentre;
}

/** Seconds for which a CDN endpoint can keep what it has fetched. */
export const cdnTtls = [60, 600, 3600, 86_400, 604_800] as const;
export type CdnTtl = (typeof cdnTtls)[number];

/** Plans of an app's container: `apps-s-` shares a CPU, `apps-d-` has its own. */
export const appSizes = [
  "apps-s-1vcpu-0.5gb",
  "apps-s-1vcpu-1gb-fixed",
  "apps-s-1vcpu-1gb",
  "apps-s-1vcpu-2gb",
  "apps-s-2vcpu-4gb",
  "apps-d-1vcpu-0.5gb",
  "apps-d-1vcpu-1gb",
  "apps-d-1vcpu-2gb",
  "apps-d-1vcpu-4gb",
  "apps-d-2vcpu-4gb",
  "apps-d-2vcpu-8gb",
  "apps-d-4vcpu-8gb",
  "apps-d-4vcpu-16gb",
  "apps-d-8vcpu-32gb",
] as const;
export type AppSize = (typeof appSizes)[number];

/** Plans of a droplet: `s-` shares its CPUs, all others have theirs for themselves. */
export const dropletSizes = [
  "s-1vcpu-512mb-10gb",
  "s-1vcpu-1gb",
  "s-1vcpu-1gb-amd",
  "s-1vcpu-1gb-intel",
  "s-1vcpu-2gb",
  "s-1vcpu-2gb-amd",
  "s-1vcpu-2gb-intel",
  "s-2vcpu-2gb",
  "s-2vcpu-2gb-amd",
  "s-2vcpu-2gb-intel",
  "s-2vcpu-4gb",
  "s-2vcpu-4gb-amd",
  "s-2vcpu-4gb-intel",
  "s-4vcpu-8gb",
  "s-4vcpu-8gb-amd",
  "s-4vcpu-8gb-intel",
  "s-8vcpu-16gb",
  "s-8vcpu-16gb-amd",
  "s-8vcpu-16gb-intel",
  "c-2",
  "c-4",
  "c-8",
  "g-2vcpu-8gb",
  "g-4vcpu-16gb",
  "g-8vcpu-32gb",
] as const;
export type DropletSize = (typeof dropletSizes)[number];

export const registryTypes = ["DOCR", "DOCKER_HUB", "GHCR"] as const;
export type RegistryType = (typeof registryTypes)[number];

export const weekdays = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export type Weekday = (typeof weekdays)[number];

/** Memory of one node of a database plan, in GiB. */
export function memoryGib(size: string): number {
  return Number(/-(\d+)gb$/.exec(size)?.[1] ?? Number.NaN);
}

/**
 * Connections that clients and pools of a PostgreSQL plan may hold together: 25 for each GiB of memory, 1000 at
 * most, less the three that the platform keeps for itself.
 */
export function usableConnections(size: string): number {
  return Math.min(25 * memoryGib(size), 1000) - 3;
}

/** Autoscaling needs containers with a CPU of their own. */
export function isDedicated(size: string): boolean {
  return size.startsWith("apps-d-");
}
