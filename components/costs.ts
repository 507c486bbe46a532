import { type Price, prices } from "./prices.ts";

/**
 * What components cost a month: pure functions of plain arguments, so that a budget can be held before anything exists. Billing is
 * hourly, so a part of a month costs its part. Transfer beyond what is included, and whatever else only use decides, is not counted.
 */

/** One line of a bill. */
export interface CostLine {
  /** The component that it is paid for, by its logical name. Set by {@link costsOf}. */
  component: string;
  /** What is paid for; the key of the price table. */
  what: string;
  /** How many, with automatic scaling at its smallest. */
  quantity: number;
  /** With automatic scaling at its largest. @default quantity */
  most?: number;
  /** USD a month for one; undefined when no price is known. */
  unitUsd: number | undefined;
  /** USD a month for all; undefined when no price is known. */
  monthlyUsd: number | undefined;
  /** Paid once for the whole account, however many components need it. @default false */
  shared?: boolean;
}

/** What lines come to. */
export interface MonthlyCost {
  /** USD, with automatic scaling at its smallest. */
  usd: number;
  /** USD, with automatic scaling at its largest: what a budget must hold. */
  atMostUsd: number;
  /** What is in use but has no known price, and so is in neither figure. */
  unpriced: string[];
}

/** A line that no component has claimed yet. */
export type Line = Omit<CostLine, "component">;

function line(what: string, quantity: number, more: Partial<Pick<Line, "most" | "shared">> = {}): Line {
  const unitUsd = prices.get(what)?.usd;
  const monthlyUsd = unitUsd === undefined ? undefined : cents(unitUsd * quantity);
  return { what, quantity, unitUsd, monthlyUsd, ...more };
}

/** Lines of a component under its logical name. */
export function costsOf(component: string, lines: Line[]): CostLine[] {
  return lines.map((each) => ({ component, ...each }));
}

/** What lines come to together. What is paid once for the account is counted once. */
export function totalOf(lines: readonly CostLine[]): MonthlyCost {
  const counted = lines.filter(
    (each, index) => !each.shared || lines.findIndex(({ what }) => what === each.what) === index,
  );
  const sum = (usd: (each: CostLine) => number | undefined) =>
    cents(counted.reduce((total, each) => total + (usd(each) ?? 0), 0));
  return {
    usd: sum(({ monthlyUsd }) => monthlyUsd),
    atMostUsd: sum(atMostUsd),
    unpriced: [...new Set(counted.filter(({ unitUsd }) => unitUsd === undefined).map(({ what }) => what))],
  };
}

/** USD a month of a line with automatic scaling at its largest; undefined when no price is known. */
export function atMostUsd({ unitUsd, quantity, most = quantity }: CostLine): number | undefined {
  return unitUsd === undefined ? undefined : cents(unitUsd * most);
}

/** The price of a line with its source; undefined when none is known. */
export const priceOf = ({ what }: CostLine): Price | undefined => prices.get(what);

const cents = (usd: number) => Math.round(usd * 100) / 100;

/** A fixed number, or the bounds of automatic scaling. */
interface Scaling {
  instances?: number;
  autoscale?: { min: number; max: number };
}

const scaled = (what: string, { instances = 1, autoscale }: Scaling): Line =>
  autoscale ? line(what, autoscale.min, { most: autoscale.max }) : line(what, instances);

/** Containers of an app. Its jobs are billed by the second while they run, and are not counted. */
export function appPlatformCosts(args: { instanceSize: string } & Scaling): Line[] {
  return [scaled(`app container ${args.instanceSize}`, args)];
}

/** The one container of an operations app. */
export function operationsCosts(args: { instanceSize: string }): Line[] {
  return [line(`app container ${args.instanceSize}`, 1)];
}

/** GiB of disk that a node of a plan has by itself: the least that is reported (third party, 2026-09). */
const diskGib: Record<string, number> = {
  "db-s-1vcpu-1gb": 10,
  "db-s-1vcpu-2gb": 25,
  "db-s-2vcpu-4gb": 38,
  "db-s-4vcpu-8gb": 115,
};

interface Cluster {
  size: string;
  nodeCount: number;
}

/** Nodes of a PostgreSQL cluster, and the disk that was asked for beyond the plan's. Disk that grows by itself is not foreseen. */
export function postgresCosts({ size, nodeCount, storageMib }: Cluster & { storageMib?: number }): Line[] {
  const nodes = line(`PostgreSQL node ${size}`, nodeCount);
  if (storageMib === undefined) return [nodes];
  const own = diskGib[size];
  if (own === undefined) return [nodes, line(`disk of more than the plan's on ${size}`, nodeCount)];
  const beyond = Math.max(0, storageMib / 1024 - own);
  return beyond > 0 ? [nodes, line("database disk beyond the plan's, GiB", beyond * nodeCount)] : [nodes];
}

/** Nodes of a MongoDB cluster. */
export function mongoCosts({ size, nodeCount }: Cluster): Line[] {
  return [line(`MongoDB node ${size}`, nodeCount)];
}

/** Nodes of a Valkey cluster. */
export function cacheCosts({ size, nodeCount }: Cluster): Line[] {
  return [line(`Valkey node ${size}`, nodeCount)];
}

/** A bucket, with or without CDN: all buckets of an account share one subscription. */
export function bucketCosts(): Line[] {
  return [line("Spaces subscription of the account", 1, { shared: true })];
}

/** Nodes of a regional load balancer. */
export function loadBalancerCosts({ nodes }: { nodes: number }): Line[] {
  return [line("load balancer node", nodes)];
}

/** Droplets of a pool, and the gateway through which they reach the internet when they have no address of their own. */
export function dropletFleetCosts({
  size,
  natGateway = false,
  ...scaling
}: { size: string; natGateway?: boolean } & Scaling): Line[] {
  return [scaled(`droplet ${size}`, scaling), ...(natGateway ? [line("NAT gateway", 1)] : [])];
}

/** Uptime checks. */
export function monitoringCosts({ uptimeChecks }: { uptimeChecks: number }): Line[] {
  return uptimeChecks > 0 ? [line("uptime check", uptimeChecks)] : [];
}
