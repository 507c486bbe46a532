import { bucketProblems } from "./bucket-rules.ts";
import { cdnTtls } from "./catalog.ts";
import type { PublicAssetsArgs } from "./public-assets.ts";

/** What is wrong with these arguments, one line each. */
export function publicAssetsProblems(name: string, args: PublicAssetsArgs): string[] {
  const { ttlSeconds = 3600, customDomain, certificateName } = args;
  const problems = bucketProblems(name, args);
  if (!cdnTtls.includes(ttlSeconds))
    problems.push(`ttlSeconds ${ttlSeconds} must be one of ${cdnTtls.join(", ")}`);
  if ((customDomain === undefined) !== (certificateName === undefined))
    problems.push("customDomain and certificateName can't go without each other");
  return problems;
}
