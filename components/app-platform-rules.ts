import type { AppPlatformArgs } from "./app-platform.ts";
import { appSizes, isDedicated } from "./catalog.ts";
import { computeProblems } from "./compute-rules.ts";
import { nameProblem } from "./names.ts";

/** What is wrong with automatic scaling on this plan. */
export function autoscaleProblem(size: string, autoscale: { min: number; max: number }): string | undefined {
  if (!isDedicated(size)) return `needs a dedicated plan (apps-d-...), and ${size} shares its CPU`;
  if (autoscale.min >= autoscale.max) return "needs min below max";
  return undefined;
}

/** What is wrong with these arguments, one line each. */
export function appPlatformProblems(name: string, args: AppPlatformArgs): string[] {
  const problems = computeProblems(args);
  const appName = args.appName ?? name;
  const badName = nameProblem("digitalocean:index/app:App", appName);
  if (badName) problems.push(`appName ${appName} ${badName}`);
  const badDomain = args.domain && nameProblem("digitalocean:index/domain:Domain", args.domain.name);
  if (badDomain) problems.push(`domain ${args.domain?.name} ${badDomain}`);
  if (!appSizes.includes(args.instanceSize))
    problems.push(`instanceSize ${args.instanceSize} must be one of ${appSizes.join(", ")}`);
  if (args.autoscale) {
    if (args.instances !== undefined) problems.push("instances can't go together with autoscale");
    const problem = autoscaleProblem(args.instanceSize, args.autoscale);
    if (problem) problems.push(`autoscale ${problem}`);
  }
  if (args.instances !== undefined && (!Number.isInteger(args.instances) || args.instances < 1))
    problems.push(`instances ${args.instances} must be 1 or more`);
  return problems;
}
