import { trustedSourceProblem } from "../../components/cidr.ts";
import { nodeCountProblem, type Offer } from "../../components/database-rules.ts";
import type { Check, Draft } from "./rule.ts";

type Section = "postgres" | "mongo" | "cache";

/** An external database needs its URI, and nothing else has one. */
export function provisionRules(draft: Draft, check: Check): void {
  for (const section of ["postgres", "mongo", "cache"] as const) {
    const { provision, caCertificate, import: taken } = draft[section] ?? {};
    if (provision === undefined) continue;
    const external = provision === "external";
    const uri = `${section}Uri` as const;
    const given = draft[uri] !== undefined;
    if (external && !given) check(uri, undefined, `is required with ${section}.provision external`);
    if (!external && given) check(uri, undefined, `can't go together with ${section}.provision ${provision}`);
    if (!external && caCertificate !== undefined)
      check(
        `${section}.caCertificate`,
        undefined,
        `can't go together with ${section}.provision ${provision}: a managed cluster brings its own`,
      );
    if (provision !== "managed" && taken !== undefined)
      check(`${section}.import`, undefined, `can't go together with ${section}.provision ${provision}`);
  }
}

/** What all managed databases have in common. */
export function clusterRules(draft: Draft, section: Section, offer: Offer, check: Check): void {
  const { size, nodeCount, trustedSources = [] } = draft[section] ?? {};
  if (size !== undefined && nodeCount !== undefined)
    check(`${section}.nodeCount`, nodeCount, nodeCountProblem(offer, size, nodeCount));
  for (const [index, source] of trustedSources.entries())
    if (source !== undefined)
      check(`${section}.trustedSources[${index}]`, source, trustedSourceProblem(source));
}
