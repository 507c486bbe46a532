import type { Limits } from "../../configuration.ts";
import type { Input } from "../../input.ts";
import type { Report } from "../../rule.ts";

/** Reports a resource that names no VPC, or one by its id that the settings don't list where they list any. */
export function namesVpc(id: Input, report: Report, { vpcs }: Limits): void {
  if (!id.isGiven) report(id, "no VPC is named, so it lands in the region's default one");
  // A VPC of the stack itself is unknown on the first preview, and then it is nobody else's.
  else if (vpcs.length > 0 && !id.isUnknown && !vpcs.includes(id.text() ?? ""))
    report(id, "the VPC is not among those that the settings list (`limits.vpcs`)");
}
