/** Requests that a token has in a time; one in `seconds` seconds from the first. */
interface Quota {
  readonly limit: number;
  readonly seconds: number;
}

/** https://docs.digitalocean.com/reference/api/ (rate limit): requests an hour per token. */
const ALL: Quota = { limit: 5000, seconds: 3600 };
/** Of all CDN endpoints together (API description, cdn_purge_cache). */
const CDN: Quota = { limit: 5, seconds: 10 };

/**
 * Tells clients how much of DigitalOcean's limits they would have used. It never refuses: a rehearsal must not
 * wait for a quota that costs nobody anything. A 429 can be had as a fault.
 */
export class RateLimit {
  readonly #used = new Map<Quota, { start: number; count: number }>();

  headers(path: string): Record<string, string> {
    const quota = path.startsWith("/v2/cdn/endpoints") ? CDN : ALL;
    const now = Math.floor(Date.now() / 1000);
    const before = this.#used.get(quota);
    const current = before && now < before.start + quota.seconds ? before : { start: now, count: 0 };
    current.count++;
    this.#used.set(quota, current);
    return {
      "ratelimit-limit": String(quota.limit),
      "ratelimit-remaining": String(Math.max(0, quota.limit - current.count)),
      "ratelimit-reset": String(current.start + quota.seconds),
    };
  }
}
