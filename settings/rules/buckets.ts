import { bucketImportProblem } from "../../components/bucket-rules.ts";
import { type Datacentre, spacesRegion } from "../../components/catalog.ts";
import { isInside } from "../../components/domain-rules.ts";
import type { Check, Draft } from "./rule.ts";

/** A bucket that is taken over has its region and its name already. */
export function bucketRules(draft: Draft, check: Check): void {
  for (const section of ["documents", "assets"] as const) {
    const { import: taken, region, name } = draft[section] ?? {};
    const home = region ?? (draft.region && spacesRegion(draft.region as Datacentre));
    if (taken !== undefined && home !== undefined)
      check(`${section}.import`, taken, bucketImportProblem(taken, home, name));
  }
  const { customDomain, certificateName } = draft.assets ?? {};
  const zone = draft.domain?.name;
  const inZone = customDomain !== undefined && zone !== undefined && isInside(customDomain, zone);
  if (customDomain !== undefined && certificateName === undefined && !inZone)
    check("assets.certificateName", undefined, "is required with an assets.customDomain outside domain.name");
  if (certificateName !== undefined && customDomain === undefined)
    check("assets.customDomain", undefined, "is required with assets.certificateName");
}
