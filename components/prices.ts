/**
 * What DigitalOcean charges, as far as it is known: the one table that every figure of cost in this project comes from.
 * DigitalOcean has no price API for databases and balancers. What has no known price is said to have none, never 0.
 */

/** The day on which the table was last gone through. */
export const pricesOf = "2026-11-24";

export interface Source {
  /** Where the price was read. */
  name: string;
  /** The day, or month, that the source itself bears. */
  date: string;
  /** `documented` by DigitalOcean; `third party` by somebody who read its price list; `estimate` where not even that is known. */
  confidence: "documented" | "third party" | "estimate";
}

export interface Price {
  /** USD a month for one. */
  usd: number;
  /** Who says so, and when. */
  source: Source;
  /** What use adds to it. @default nothing */
  beyond?: string;
}

const from = (confidence: Source["confidence"], name: string, date: string): Source => ({
  name,
  date,
  confidence,
});

const sources = {
  app: from("documented", "DigitalOcean's App Platform pricing; its API description agrees", "2025-08-29"),
  balancer: from("documented", "DigitalOcean's load balancer pricing", "2025-02-28"),
  spaces: from("documented", "DigitalOcean's Spaces pricing", "2026-11"),
  droplet: from(
    "third party",
    "copy of DigitalOcean's Droplet prices of 2022; 12, 24, 48 and 96 seen",
    "2026-09-30",
  ),
  premium: from("third party", "copy of DigitalOcean's Droplet prices", "2022"),
  postgres: from("third party", "price lists; a standby costs about what its primary does", "2026-09"),
  highlyAvailable: from(
    "third party",
    "price lists: 30 for a primary, 30 for each standby, as a start",
    "2026-09",
  ),
  valkey: from("third party", "price lists", "2026-09-20"),
  mongo: from("estimate", "in proportion to the memory of a node; no price list seen", "2026-09"),
  storage: from("third party", "price lists: 0.21 to 0.215", "2026-09"),
};

/** Prices of one kind of thing by plan; a kind and a plan together are the key. */
function plans(kind: string, source: Source, byPlan: Record<string, number>): [string, Price][] {
  return Object.entries(byPlan).map(([plan, usd]) => [`${kind} ${plan}`, { usd, source }]);
}

const premium = (brand: "amd" | "intel") =>
  plans("droplet", sources.premium, {
    [`s-1vcpu-1gb-${brand}`]: 7,
    [`s-1vcpu-2gb-${brand}`]: 14,
    [`s-2vcpu-2gb-${brand}`]: 21,
    [`s-2vcpu-4gb-${brand}`]: 28,
    [`s-4vcpu-8gb-${brand}`]: 56,
    [`s-8vcpu-16gb-${brand}`]: 112,
  });

/** Every known price by what is paid for: `app container apps-s-1vcpu-1gb`. */
export const prices: ReadonlyMap<string, Price> = new Map<string, Price>([
  ...plans("app container", sources.app, {
    "apps-s-1vcpu-0.5gb": 5,
    "apps-s-1vcpu-1gb-fixed": 10,
    "apps-s-1vcpu-1gb": 12,
    "apps-s-1vcpu-2gb": 25,
    "apps-s-2vcpu-4gb": 50,
    "apps-d-1vcpu-0.5gb": 29,
    "apps-d-1vcpu-1gb": 34,
    "apps-d-1vcpu-2gb": 39,
    "apps-d-1vcpu-4gb": 49,
    "apps-d-2vcpu-4gb": 78,
    "apps-d-2vcpu-8gb": 98,
    "apps-d-4vcpu-8gb": 156,
    "apps-d-4vcpu-16gb": 196,
    "apps-d-8vcpu-32gb": 392,
  }),
  ...plans("droplet", sources.droplet, {
    "s-1vcpu-512mb-10gb": 4,
    "s-1vcpu-1gb": 6,
    "s-1vcpu-2gb": 12,
    "s-2vcpu-2gb": 18,
    "s-2vcpu-4gb": 24,
    "s-4vcpu-8gb": 48,
    "s-8vcpu-16gb": 96,
  }),
  ...premium("amd"),
  ...premium("intel"),
  ...plans("PostgreSQL node", sources.postgres, {
    "db-s-1vcpu-1gb": 15.15,
    "db-s-1vcpu-2gb": 30.45,
    "db-s-2vcpu-4gb": 60.9,
  }),
  ...plans("MongoDB node", sources.mongo, {
    "db-s-1vcpu-1gb": 15,
    "db-s-1vcpu-2gb": 30,
    "db-s-2vcpu-4gb": 60,
    "db-s-4vcpu-8gb": 120,
  }),
  ...plans("Valkey node", sources.valkey, { "db-s-1vcpu-1gb": 15 }),
  ...plans("Valkey node", sources.highlyAvailable, { "db-s-1vcpu-2gb": 30 }),
  ["database disk beyond the plan's, GiB", { usd: 0.215, source: sources.storage }],
  ["load balancer node", { usd: 12, source: sources.balancer }],
  [
    "Spaces subscription of the account",
    {
      usd: 5,
      source: sources.spaces,
      beyond: "250 GiB kept and 1 TiB out included; 0.02 for each further GiB kept, 0.01 for each GiB out",
    },
  ],
]);
