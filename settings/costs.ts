import {
  appPlatformCosts,
  bucketCosts,
  type CostLine,
  cacheCosts,
  costsOf,
  dropletFleetCosts,
  type Line,
  loadBalancerCosts,
  mongoCosts,
  monitoringCosts,
  operationsCosts,
  postgresCosts,
} from "../components/costs.ts";
import type { Draft } from "./rules/rule.ts";

export { atMostUsd, type CostLine, type MonthlyCost, priceOf, totalOf } from "../components/costs.ts";
export { type Price, pricesOf } from "../components/prices.ts";

/** What a stack with these settings costs a month, line by line. A section that can't be used is left out. */
export function costLines(draft: Draft): CostLine[] {
  const droplets = draft.compute === "droplets";
  return [
    ...costsOf("postgres", postgresLines(draft.postgres)),
    ...costsOf("mongo", clusterLines(draft.mongo, mongoCosts)),
    ...costsOf("cache", clusterLines(draft.cache, cacheCosts)),
    ...costsOf("documents", draft.documents?.enabled ? bucketCosts() : []),
    ...costsOf("assets", draft.assets?.enabled ? bucketCosts() : []),
    ...costsOf("dumps", dumped(draft) ? bucketCosts() : []),
    ...costsOf("load-balancer", droplets ? balancerLines(draft.loadBalancer) : []),
    ...costsOf("api", droplets ? fleetLines(draft.droplets) : appLines(draft.app)),
    ...costsOf("operations", operates(draft) ? operationsCosts({ instanceSize: operationsSize }) : []),
    ...costsOf(
      "monitoring",
      draft.monitoring?.enabled ? monitoringCosts({ uptimeChecks: uptimeChecks(draft) }) : [],
    ),
  ];
}

/** Plan of the operations app's container. */
export const operationsSize = "apps-s-1vcpu-0.5gb";

/** Whether there is data to look after. */
export function operates(draft: Draft): boolean {
  return (hasManagedData(draft) && draft.recovery?.canary?.enabled === true) || dumped(draft);
}

/** Whether there is data to dump, and somebody who can read the dumps. */
export function dumped(draft: Draft): boolean {
  return hasManagedData(draft) && Boolean(draft.recovery?.dumps?.recipients?.length);
}

const hasManagedData = ({ postgres, mongo }: Draft) =>
  [postgres, mongo].some((section) => section?.provision === "managed");

/** The site's, and that of a host name for the assets: certificates of the CDN may fail to renew in silence. */
const uptimeChecks = ({ assets }: Draft) => (assets?.enabled && assets.customDomain !== undefined ? 2 : 1);

function postgresLines(postgres: Draft["postgres"]): Line[] {
  const storageMib = postgres?.storageMib;
  return clusterLines(postgres, (cluster) => postgresCosts({ ...cluster, storageMib }));
}

type Cluster = { size: string; nodeCount: number };

function clusterLines(
  section: (Partial<Cluster> & { provision?: string }) | undefined,
  costs: (cluster: Cluster) => Line[],
): Line[] {
  const { provision, size, nodeCount } = section ?? {};
  if (provision !== "managed" || size === undefined || nodeCount === undefined) return [];
  return costs({ size, nodeCount });
}

function balancerLines(balancer: Draft["loadBalancer"]): Line[] {
  return balancer?.nodes === undefined ? [] : loadBalancerCosts({ nodes: balancer.nodes });
}

function fleetLines(droplets: Draft["droplets"]): Line[] {
  const { size, instances, autoscale } = droplets ?? {};
  const scaling = scalingOf(instances, autoscale);
  if (size === undefined || !scaling) return [];
  return [...dropletFleetCosts({ size, natGateway: true, ...scaling }), ...bucketCosts()];
}

function appLines(app: Draft["app"]): Line[] {
  const { instanceSize, instances, autoscale } = app ?? {};
  const scaling = scalingOf(instances, autoscale);
  return instanceSize === undefined || !scaling ? [] : appPlatformCosts({ instanceSize, ...scaling });
}

function scalingOf(instances: number | undefined, autoscale: { min?: number; max?: number } | undefined) {
  const { min, max } = autoscale ?? {};
  if (min !== undefined && max !== undefined) return { autoscale: { min, max } };
  return instances === undefined ? undefined : { instances };
}
