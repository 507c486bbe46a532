import { allowsStandby, postgresSizes, postgresVersions, usableConnections, weekdays } from "./catalog.ts";
import { trustedSourceProblem } from "./cidr.ts";
import { nameProblem } from "./names.ts";
import type { PostgresArgs } from "./postgres-args.ts";

export const poolModes = ["transaction", "session", "statement"] as const;
/** When a server connection goes back to its pool. */
export type PoolMode = (typeof poolModes)[number];

/** Pools that one cluster may have (DigitalOcean's API description). */
const maxPools = 21;

/** Names that DigitalOcean has given away in every cluster. */
const reservedUsers = ["doadmin", "postgres"];
const reservedDatabases = ["defaultdb", "postgres", "template0", "template1"];

/** An hour of a maintenance window, as the API writes it. */
export const hourPattern = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong with a cluster's plan and number of nodes. */
export function nodeProblem(size: string, nodeCount: number): string | undefined {
  if (![1, 2, 3].includes(nodeCount)) return "must be 1, 2 or 3";
  if (nodeCount > 1 && !allowsStandby(size))
    return `must be 1 with ${size}: standby nodes need a plan of 2 GiB or more`;
  return undefined;
}

/** What is wrong with all pools of a cluster taken together. */
export function poolProblem(size: string, pools: { size: number }[]): string | undefined {
  if (pools.length > maxPools) return `must be at most ${maxPools}`;
  const total = pools.reduce((sum, pool) => sum + pool.size, 0);
  const usable = usableConnections(size);
  return total > usable
    ? `hold ${total} connections together, and ${size} has ${usable}: make them smaller or take a larger size`
    : undefined;
}

/** What is wrong with a name in the cluster. */
export function identifierProblem(kind: "database" | "user" | "pool", name: string): string | undefined {
  if (kind === "database" && reservedDatabases.includes(name)) return "is DigitalOcean's own: choose another";
  if (kind === "user" && reservedUsers.includes(name))
    return "is the administrator: an application has its own user";
  const types = { database: "databaseDb:DatabaseDb", user: "databaseUser:DatabaseUser" };
  const type = kind === "pool" ? "databaseConnectionPool:DatabaseConnectionPool" : types[kind];
  return nameProblem(`digitalocean:index/${type}`, name);
}

/** Values that occur more than once. */
export function duplicates(values: string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** What is wrong with these arguments, one line each. */
export function postgresProblems(name: string, args: PostgresArgs): string[] {
  const problems: string[] = [];
  const check = (what: string, problem: string | undefined) => {
    if (problem) problems.push(`${what} ${problem}`);
  };
  const { size, nodeCount, version, databases, pools = [], maintenance, storageAutoscale } = args;
  const clusterName = args.clusterName ?? name;
  check(
    `clusterName ${clusterName}`,
    nameProblem("digitalocean:index/databaseCluster:DatabaseCluster", clusterName),
  );
  if (!postgresVersions.includes(version))
    check(`version ${version}`, `must be one of ${postgresVersions.join(", ")}`);
  if (!postgresSizes.includes(size)) check(`size ${size}`, `must be one of ${postgresSizes.join(", ")}`);
  else {
    check(`nodeCount ${nodeCount}`, nodeProblem(size, nodeCount));
    check("pools", poolProblem(size, pools));
  }
  if (databases.length === 0) problems.push("databases must have at least one entry");
  for (const { name: database, user } of databases) {
    check(`database ${database}`, identifierProblem("database", database));
    check(`user ${user}`, identifierProblem("user", user));
  }
  for (const pool of pools) {
    check(`pool ${pool.name}`, identifierProblem("pool", pool.name));
    if (!databases.some((database) => database.name === pool.database))
      problems.push(`pool ${pool.name} needs a database of this cluster, and ${pool.database} is none`);
    if (!Number.isInteger(pool.size) || pool.size < 1)
      problems.push(`pool ${pool.name} needs a size of 1 or more`);
  }
  for (const twice of duplicates(databases.map((database) => database.name)))
    problems.push(`database ${twice} is listed twice`);
  for (const twice of duplicates(pools.map((pool) => pool.name)))
    problems.push(`pool ${twice} is listed twice`);
  if (!weekdays.includes(maintenance.day))
    problems.push(`maintenance.day must be one of ${weekdays.join(", ")}`);
  if (!hourPattern.test(maintenance.hour)) problems.push("maintenance.hour must be HH:MM");
  for (const source of args.trustedSources ?? [])
    check(`trusted source ${source}`, trustedSourceProblem(source));
  if (args.storageMib !== undefined && (args.storageMib <= 0 || args.storageMib % 1024 !== 0))
    problems.push(`storageMib ${args.storageMib} must be a multiple of 1024`);
  if (storageAutoscale) {
    const { thresholdPercent: threshold, incrementGib: increment = 10 } = storageAutoscale;
    if (threshold < 15 || threshold > 95) problems.push("storageAutoscale.thresholdPercent must be 15 to 95");
    if (increment < 10 || increment > 500) problems.push("storageAutoscale.incrementGib must be 10 to 500");
  }
  return problems;
}
