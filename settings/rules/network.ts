import { vpcRangeProblem } from "../../components/cidr.ts";
import type { Check, Draft } from "./rule.ts";

export function networkRules({ network, region }: Draft, check: Check): void {
  if (network?.ipRange !== undefined)
    check("network.ipRange", network.ipRange, vpcRangeProblem(network.ipRange, region));
  if (network?.vpcId !== undefined)
    for (const key of ["ipRange", "import", "name"] as const)
      check(
        `network.${key}`,
        network[key],
        network[key] && "can't go together with vpcId, whose VPC has its own",
      );
}
