import type { TestContext } from "node:test";
import { ApiDescription, DESCRIPTION, hasDescription } from "./openapi.ts";
import { type Answer, Client, cloudFor } from "./testing.ts";

/** Why a test that needs the description can't run; false when it can. */
export const skip = hasDescription()
  ? false
  : `DigitalOcean's API description is not at ${DESCRIPTION}; BREAKWATER_OPENAPI can say where it is`;

/**
 * Where the description is wrong: its list of the types in a URN lacks `app`, which its text on projects names; and a global
 * load balancer has no forwarding rules (the provider's own test would see them as a change).
 */
const KNOWN_GAP = /urn must match pattern|load_balancer\/forwarding_rules must NOT have fewer than 1/;

/** What has come since the description was written: regions, and a distribution beside those it knows. */
const NEWER_REGIONS = ["atl1", "ric1"];
const asDescribed = (body: unknown): unknown =>
  body === undefined
    ? body
    : JSON.parse(JSON.stringify(body), (_, value) => {
        if (Array.isArray(value)) return value.filter((one) => !NEWER_REGIONS.includes(one));
        return value === "AlmaLinux" ? "Rocky Linux" : value;
      });

/** For tests: a client that holds every answer against the description. */
export class Judge extends Client {
  readonly violations: string[] = [];
  readonly seen = new Set<string>();
  readonly #description: ApiDescription;

  constructor(cloud: Client, description: ApiDescription) {
    super(cloud);
    this.#description = description;
  }

  override async send<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const answer = await super.send<T>(method, path, body);
    const [bare = ""] = path.split("?");
    this.seen.add(`${method} ${bare}`);
    for (const violation of this.#description.violations(
      method,
      bare,
      answer.status,
      asDescribed(answer.body),
    )) {
      const line = `${method} ${bare} ${answer.status}: ${violation}`;
      if (!KNOWN_GAP.test(line)) this.violations.push(line);
    }
    return answer;
  }
}

/** A cloud of the test's own, and its judge. */
export async function judged(t: TestContext): Promise<Judge> {
  return new Judge(await cloudFor(t), new ApiDescription(DESCRIPTION));
}
