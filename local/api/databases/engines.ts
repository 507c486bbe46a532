import * as z from "zod";
import { ok, type Route } from "../../call.ts";
import { REGIONS } from "../datacenters.ts";

/**
 * What each engine can be: GET /v2/databases/options. Versions, layouts and lives follow the platform's answer of
 * August 2026; MongoDB 8.0, PostgreSQL 18 and Kafka 3.7 are in its documentation only.
 */
export interface Engine {
  readonly versions: readonly Version[];
  readonly layouts: readonly Layout[];
  /** Where clients connect, on every cluster of the engine. */
  readonly port: number;
  /** The administrator that comes with a cluster. */
  readonly admin: string;
  /** The database that comes with a cluster. */
  readonly database?: string;
  /** Why no new cluster can be had. */
  readonly ended?: string;
}

export interface Version {
  readonly version: string;
  readonly endOfLife?: string;
  /** Announced only: of what `options` still lists, the platform goes on creating. */
  readonly endOfAvailability?: string;
  /** The version that the server itself reports. */
  readonly semantic: string;
  readonly isDefault?: true;
}

interface Layout {
  readonly nodes: number;
  readonly sizes: readonly string[];
}

const sizes = (family: string, ...shapes: string[]) => shapes.map((shape) => `${family}-${shape}`);

const SMALLEST = "db-s-1vcpu-1gb";
const SHARED = sizes("db-s", "1vcpu-2gb", "2vcpu-4gb", "4vcpu-8gb", "6vcpu-16gb");
const SHARED_LARGE = sizes("db-s", "8vcpu-32gb", "16vcpu-64gb");
const GENERAL = sizes(
  "gd",
  "2vcpu-8gb",
  "4vcpu-16gb",
  "8vcpu-32gb",
  "16vcpu-64gb",
  "32vcpu-128gb",
  "40vcpu-160gb",
);
const STORAGE = sizes(
  "so1_5",
  "2vcpu-16gb",
  "4vcpu-32gb",
  "8vcpu-64gb",
  "16vcpu-128gb",
  "24vcpu-192gb",
  "32vcpu-256gb",
);
const MEMORY = sizes(
  "m",
  "2vcpu-16gb",
  "4vcpu-32gb",
  "8vcpu-64gb",
  "16vcpu-128gb",
  "24vcpu-192gb",
  "32vcpu-256gb",
);
const PREMIUM = ["db-intel", "db-amd"].flatMap((family) =>
  sizes(
    family,
    "1vcpu-2gb",
    "2vcpu-4gb",
    "2vcpu-8gb",
    "4vcpu-8gb",
    "4vcpu-16gb",
    "8vcpu-32gb",
    "16vcpu-64gb",
  ),
);
const PREMIUM_SMALLEST = ["db-intel-1vcpu-1gb", "db-amd-1vcpu-1gb"];
// Of the shared plans only documented requests tell, not the layouts.
const ADVANCED = [
  SMALLEST,
  ...SHARED,
  ...GENERAL,
  ...STORAGE,
  ...GENERAL.slice(0, 5).map((size) => `${size}-intel`),
  ...STORAGE.map((size) => `${size}-intel`),
];
const KAFKA = ["gd-2vcpu-8gb", "gd-4vcpu-16gb"];
const OPENSEARCH = ["gd-2vcpu-8gb", "m3-2vcpu-16gb", "gd-4vcpu-16gb", "m3-4vcpu-32gb", "m3-8vcpu-64gb"];
const OPENSEARCH_SMALL = ["db-s-2vcpu-4gb", "db-s-4vcpu-8gb", ...OPENSEARCH];

const layouts = (
  nodes: readonly number[],
  smallest: readonly string[],
  others: readonly string[],
): Layout[] =>
  nodes.map((count) => ({ nodes: count, sizes: count === 1 ? [...smallest, ...others] : others }));

const SQL_SIZES = [...SHARED, ...GENERAL, ...STORAGE, ...PREMIUM];
const MONGO_SIZES = [SMALLEST, ...SHARED, ...SHARED_LARGE, ...GENERAL, ...STORAGE];
const CACHE_SIZES = [...SHARED, ...SHARED_LARGE, ...MEMORY];

export const ENGINES: Readonly<Record<string, Engine>> = {
  pg: {
    versions: [
      { version: "13", semantic: "13.22", endOfLife: "2025-11-13", endOfAvailability: "2025-05-13" },
      { version: "14", semantic: "14.19", endOfLife: "2026-11-12", endOfAvailability: "2026-05-12" },
      { version: "15", semantic: "15.14", endOfLife: "2027-11-11", endOfAvailability: "2027-05-12" },
      { version: "16", semantic: "16.10", endOfLife: "2028-11-09", endOfAvailability: "2028-05-09" },
      {
        version: "17",
        semantic: "17.6",
        endOfLife: "2029-11-08",
        endOfAvailability: "2029-05-08",
        isDefault: true,
      },
      { version: "18", semantic: "18.0", endOfLife: "2030-11-13", endOfAvailability: "2030-05-13" },
    ],
    layouts: layouts([1, 2, 3], [SMALLEST, ...PREMIUM_SMALLEST], SQL_SIZES),
    port: 25060,
    admin: "doadmin",
    database: "defaultdb",
  },
  mysql: {
    versions: [{ version: "8", semantic: "8.0.35", isDefault: true }],
    layouts: layouts([1, 2, 3], [SMALLEST, ...PREMIUM_SMALLEST], SQL_SIZES),
    port: 25060,
    admin: "doadmin",
    database: "defaultdb",
  },
  mongodb: {
    versions: [
      { version: "6.0", semantic: "6.0.26", endOfLife: "2025-07-01" },
      { version: "7.0", semantic: "7.0.24", endOfLife: "2026-08-01", isDefault: true },
      { version: "8.0", semantic: "8.0.14" },
    ],
    layouts: [1, 3].map((nodes) => ({ nodes, sizes: MONGO_SIZES })),
    port: 27017,
    admin: "doadmin",
    database: "admin",
  },
  valkey: {
    versions: [{ version: "8", semantic: "8.1.4", isDefault: true }],
    layouts: layouts([1, 2, 3], [SMALLEST], CACHE_SIZES),
    port: 25061,
    admin: "default",
  },
  redis: {
    versions: [
      {
        version: "7",
        semantic: "7.2.10",
        endOfLife: "2025-06-30",
        endOfAvailability: "2025-04-30",
        isDefault: true,
      },
    ],
    layouts: layouts([1, 2, 3], [SMALLEST], CACHE_SIZES),
    port: 25061,
    admin: "default",
    ended: "redis clusters can no longer be created: use valkey",
  },
  kafka: {
    versions: [
      { version: "3.7", semantic: "3.7.2" },
      { version: "3.8", semantic: "3.8.1", isDefault: true },
    ],
    layouts: [3, 6, 9, 15].map((nodes) => ({
      nodes,
      sizes: nodes === 3 ? [...KAFKA, "db-s-2vcpu-4gb", "db-s-2vcpu-2gb"] : KAFKA,
    })),
    port: 25073,
    admin: "doadmin",
  },
  opensearch: {
    versions: [
      { version: "1", semantic: "1.3.20" },
      { version: "2", semantic: "2.19.2", isDefault: true },
    ],
    layouts: [1, 3, 6, 9, 15].map((nodes) => ({
      nodes,
      sizes:
        nodes === 1 ? ["db-s-1vcpu-2gb", ...OPENSEARCH_SMALL] : nodes === 3 ? OPENSEARCH_SMALL : OPENSEARCH,
    })),
    port: 25060,
    admin: "doadmin",
  },
  advanced_pg: {
    versions: [
      { version: "16", semantic: "16.10", endOfLife: "2028-11-09", endOfAvailability: "2028-05-09" },
      { version: "17", semantic: "17.6", endOfLife: "2029-11-08", endOfAvailability: "2029-05-08" },
      {
        version: "18",
        semantic: "18.0",
        endOfLife: "2030-11-13",
        endOfAvailability: "2030-05-13",
        isDefault: true,
      },
    ],
    layouts: [1, 2, 3].map((nodes) => ({ nodes, sizes: ADVANCED })),
    port: 25060,
    admin: "doadmin",
    database: "defaultdb",
  },
  advanced_mysql: {
    versions: [{ version: "8.4.8", semantic: "8.4.8", isDefault: true }],
    layouts: [1, 3].map((nodes) => ({ nodes, sizes: ADVANCED })),
    port: 25060,
    admin: "doadmin",
    database: "defaultdb",
  },
};

export const engineName = z
  .string()
  .refine((name) => Object.hasOwn(ENGINES, name), `must be one of ${Object.keys(ENGINES).join(", ")}`);

export function engineOf(name: string): Engine {
  const engine = ENGINES[name];
  if (!engine) throw new Error(`unknown engine ${name}`);
  return engine;
}

/** The version that `text` names, none naming the default one: `6` stands for `6.0`. */
export function findVersion(engine: Engine, text: string | undefined): Version | undefined {
  if (text === undefined) return engine.versions.find((version) => version.isDefault);
  return engine.versions.find(({ version }) => version === text || version.startsWith(`${text}.`));
}

/** Storage that comes with a plan, by its memory: MiB by GiB. Read from clusters of these plans; larger ones by the last ratio. */
const BASE_STORAGE: Record<number, number> = {
  1: 10_240,
  2: 30_720,
  4: 61_440,
  8: 117_760,
  16: 276_480,
  32: 593_920,
  64: 1_177_600,
};

/** The storage in MiB that a plan starts with, and the most it can be given. */
export function storageRange(size: string): { base: number; most: number } {
  const memory = Number(/-(\d+)gb/.exec(size)?.[1] ?? 1);
  const base = BASE_STORAGE[memory] ?? memory * 18_400;
  return { base, most: base * 16 };
}

const day = (date: string | undefined) => (date === undefined ? null : `${date}T00:00:00Z`);

/** When a version ends, as clusters and options show it. */
export const lifeOf = (version: Version) => ({
  end_of_life: day(version.endOfLife),
  end_of_availability: day(version.endOfAvailability),
});

const byEngine = <T>(value: (engine: Engine) => T) =>
  Object.fromEntries(Object.entries(ENGINES).map(([name, engine]) => [name, value(engine)]));

export const options: Route = {
  method: "GET",
  path: "/v2/databases/options",
  handle: () =>
    ok({
      options: byEngine((engine) => ({
        regions: REGIONS,
        versions: engine.versions.map((version) => version.version),
        layouts: engine.layouts.map(({ nodes, sizes }) => ({ num_nodes: nodes, sizes })),
        default_version: findVersion(engine, undefined)?.version,
      })),
      version_availability: byEngine((engine) =>
        engine.versions.map((version) => ({
          ...lifeOf(version),
          version: version.version,
          default: version.isDefault ?? false,
        })),
      ),
    }),
};
