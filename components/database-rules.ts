import { memoryGib, weekdays } from "./catalog.ts";
import { trustedSourceProblem } from "./cidr.ts";
import type { DatabaseArgs } from "./database-args.ts";
import { nameProblem } from "./names.ts";

/** What is common to the rules of the managed databases. */

/** What an engine offers. */
export interface Offer {
  /** How many nodes a cluster may have. */
  nodeCounts: readonly number[];
  /** Memory in GiB that a plan needs for more than one node. */
  standbyGib: number;
  /** Major versions of a new cluster. */
  versions: readonly string[];
  /** Plans. */
  sizes: readonly string[];
}

/** An hour of a maintenance window, as the API writes it. */
export const hourPattern = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong with a cluster's number of nodes on a plan. */
export function nodeCountProblem(
  { nodeCounts, standbyGib }: Offer,
  size: string,
  nodeCount: number,
): string | undefined {
  if (!nodeCounts.includes(nodeCount)) return `must be ${listed(nodeCounts)}`;
  if (nodeCount > 1 && memoryGib(size) < standbyGib)
    return `must be 1 with ${size}: standby nodes need a plan of ${standbyGib} GiB or more`;
  return undefined;
}

function listed(numbers: readonly number[]): string {
  const [last, ...others] = [...numbers].reverse();
  return others.length ? `${others.reverse().join(", ")} or ${last}` : String(last);
}

/** Values that occur more than once. */
export function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** What is wrong with the name of a database or user. `reserved` are those that every cluster of the engine has. */
export function memberProblem(
  kind: "database" | "user",
  name: string,
  reserved: { database: readonly string[]; user: readonly string[] },
): string | undefined {
  if (kind === "database" && reserved.database.includes(name)) return "is DigitalOcean's own: choose another";
  if (kind === "user" && reserved.user.includes(name))
    return "is the administrator: an application has its own user";
  const types = { database: "databaseDb:DatabaseDb", user: "databaseUser:DatabaseUser" };
  return nameProblem(`digitalocean:index/${types[kind]}`, name);
}

/** What is wrong with the arguments that all managed databases share, one line each. */
export function databaseProblems(
  name: string,
  args: DatabaseArgs & { version: string },
  offer: Offer,
): string[] {
  const problems: string[] = [];
  const check = (what: string, problem: string | undefined) => {
    if (problem) problems.push(`${what} ${problem}`);
  };
  const { size, nodeCount, version, maintenance, clusterName = name } = args;
  check(
    `clusterName ${clusterName}`,
    nameProblem("digitalocean:index/databaseCluster:DatabaseCluster", clusterName),
  );
  if (!offer.versions.includes(version))
    check(`version ${version}`, `must be one of ${offer.versions.join(", ")}`);
  if (!offer.sizes.includes(size)) check(`size ${size}`, `must be one of ${offer.sizes.join(", ")}`);
  else check(`nodeCount ${nodeCount}`, nodeCountProblem(offer, size, nodeCount));
  if (!weekdays.includes(maintenance.day))
    problems.push(`maintenance.day must be one of ${weekdays.join(", ")}`);
  if (!hourPattern.test(maintenance.hour)) problems.push("maintenance.hour must be HH:MM");
  for (const source of args.trustedSources ?? [])
    check(`trusted source ${source}`, trustedSourceProblem(source));
  return problems;
}
