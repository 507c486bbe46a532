import { overlaps, vpcRangeProblem } from "../../components/cidr.ts";
import type { Check, Draft } from "./rule.ts";

export function networkRules({ network, region }: Draft, check: Check): void {
  const { ipRange, appsIpRange, separateData } = network ?? {};
  if (ipRange !== undefined) check("network.ipRange", ipRange, vpcRangeProblem(ipRange, region));
  if (network?.vpcId !== undefined)
    for (const key of ["ipRange", "import", "name"] as const)
      check(
        `network.${key}`,
        network[key],
        network[key] && "can't go together with vpcId, whose VPC has its own",
      );
  if (appsIpRange === undefined) return;
  check("network.appsIpRange", appsIpRange, vpcRangeProblem(appsIpRange, region));
  if (separateData === false) check("network.appsIpRange", appsIpRange, "needs separateData");
  if (ipRange !== undefined && overlaps(ipRange, appsIpRange))
    check("network.appsIpRange", appsIpRange, `must not overlap network.ipRange, ${ipRange}`);
}
