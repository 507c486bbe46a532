import { bucketImportProblem } from "../../components/bucket-rules.ts";
import { type Datacentre, spacesRegion } from "../../components/catalog.ts";
import { isInside } from "../../components/domain-rules.ts";
import { localRecipient, otherRegion } from "../dumps.ts";
import { checkPrevious } from "../generation.ts";
import type { Check, Draft } from "./rule.ts";

/** A bucket that is taken over has its region and its name already. */
export function bucketRules(draft: Draft, check: Check): void {
  for (const section of ["documents", "assets"] as const) {
    const { import: taken, region, name } = draft[section] ?? {};
    const home = region ?? (draft.region && spacesRegion(draft.region as Datacentre));
    const { keyGeneration, keepPreviousKey } = draft[section] ?? {};
    checkPrevious(check, `${section}.keyGeneration`, keyGeneration, keepPreviousKey);
    if (taken !== undefined && home !== undefined)
      check(`${section}.import`, taken, bucketImportProblem(taken, home, name));
  }
  dumpRules(draft, check);
  const { customDomain, certificateName } = draft.assets ?? {};
  const zone = draft.domain?.name;
  const inZone = customDomain !== undefined && zone !== undefined && isInside(customDomain, zone);
  if (customDomain !== undefined && certificateName === undefined && !inZone)
    check("assets.certificateName", undefined, "is required with an assets.customDomain outside domain.name");
  if (certificateName !== undefined && customDomain === undefined)
    check("assets.customDomain", undefined, "is required with assets.certificateName");
}

/** Dumps must outlive the region of the databases, and be read by the team alone. */
function dumpRules({ environment, rehearsal, region, recovery }: Draft, check: Check): void {
  const { recipients = [], region: own, import: taken, name } = recovery?.dumps ?? {};
  const { keyGeneration, keepPreviousKey } = recovery?.dumps ?? {};
  checkPrevious(check, "recovery.dumps.keyGeneration", keyGeneration, keepPreviousKey);
  const home = region && spacesRegion(region as Datacentre);
  const there = own ?? (home && otherRegion[home]);
  if (own !== undefined && own === home)
    check("recovery.dumps.region", own, `must be another than ${home}, that of the databases`);
  if (taken !== undefined && there !== undefined)
    check("recovery.dumps.import", taken, bucketImportProblem(taken, there, name));
  if (environment !== "local" && rehearsal !== true && recipients.includes(localRecipient))
    check(
      "recovery.dumps.recipients",
      localRecipient,
      "must not be the key of stack local, which anyone has",
    );
}
