import { valkeyOffer } from "../../components/cache-rules.ts";
import { clusterRules } from "./databases.ts";
import type { Check, Draft } from "./rule.ts";

export function cacheRules(draft: Draft, check: Check): void {
  clusterRules(draft, "cache", valkeyOffer, check);
}
