import type { CacheArgs } from "./cache.ts";
import { valkeySizes, valkeyVersions } from "./catalog.ts";
import { databaseProblems, type Offer } from "./database-rules.ts";

/** Valkey's own names: the provider takes no others, though the API's description writes them with underscores. */
export const evictionPolicies = [
  "noeviction",
  "allkeys-lru",
  "allkeys-random",
  "volatile-lru",
  "volatile-random",
  "volatile-ttl",
] as const;
/** What Valkey does when its memory is full. */
export type EvictionPolicy = (typeof evictionPolicies)[number];

/** What DigitalOcean offers of Valkey: the API lists three nodes as well, its documentation allows one standby. */
export const valkeyOffer: Offer = {
  nodeCounts: [1, 2],
  standbyGib: 2,
  versions: valkeyVersions,
  sizes: valkeySizes,
};

/** What is wrong with these arguments, one line each. */
export function cacheProblems(name: string, args: CacheArgs): string[] {
  const problems = databaseProblems(name, args, valkeyOffer);
  const { evictionPolicy, timeoutSeconds = 300 } = args;
  if (evictionPolicy !== undefined && !evictionPolicies.includes(evictionPolicy))
    problems.push(`evictionPolicy ${evictionPolicy} must be one of ${evictionPolicies.join(", ")}`);
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 0 || timeoutSeconds > 31_536_000)
    problems.push(`timeoutSeconds ${timeoutSeconds} must be 0 to 31536000`);
  return problems;
}
