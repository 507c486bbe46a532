/** https://docs.digitalocean.com/reference/api/ (rate limit): requests an hour per token. */
const LIMIT = 5000;
const HOUR = 3600;

/**
 * Tells clients how much of DigitalOcean's hourly limit they would have used. It never refuses: a rehearsal must not
 * wait for a quota that costs nobody anything. A 429 can be had as a fault.
 */
export class RateLimit {
  #start = 0;
  #used = 0;

  headers(): Record<string, string> {
    const now = Math.floor(Date.now() / 1000);
    if (now >= this.#start + HOUR) {
      this.#start = now;
      this.#used = 0;
    }
    this.#used++;
    return {
      "ratelimit-limit": String(LIMIT),
      "ratelimit-remaining": String(Math.max(0, LIMIT - this.#used)),
      "ratelimit-reset": String(this.#start + HOUR),
    };
  }
}
