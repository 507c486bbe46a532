import { appPlatformCosts, type CostLine, costsOf, type Line, postgresCosts } from "../components/costs.ts";
import type { Draft } from "./rules/rule.ts";

export { atMostUsd, type CostLine, type MonthlyCost, priceOf, totalOf } from "../components/costs.ts";
export { type Price, pricesOf } from "../components/prices.ts";

/** What a stack with these settings costs a month, line by line. A section that can't be used is left out. */
export function costLines({ postgres, app }: Draft): CostLine[] {
  return [...costsOf("postgres", postgresLines(postgres)), ...costsOf("api", appLines(app))];
}

function postgresLines(postgres: Draft["postgres"]): Line[] {
  const { size, nodeCount, storageMib } = postgres ?? {};
  return size !== undefined && nodeCount !== undefined ? postgresCosts({ size, nodeCount, storageMib }) : [];
}

function appLines(app: Draft["app"]): Line[] {
  const { instanceSize, instances, autoscale } = app ?? {};
  const { min, max } = autoscale ?? {};
  const bounds = min !== undefined && max !== undefined ? { min, max } : undefined;
  if (instanceSize === undefined || (bounds === undefined && instances === undefined)) return [];
  return appPlatformCosts({ instanceSize, instances, autoscale: bounds });
}
