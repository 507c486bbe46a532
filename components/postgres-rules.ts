import { postgresSizes, postgresVersions, usableConnections } from "./catalog.ts";
import { databaseProblems, duplicates, memberProblem, type Offer } from "./database-rules.ts";
import { generationProblem, userNameProblem } from "./generation.ts";
import { ownerOf } from "./grants.ts";
import { nameProblem } from "./names.ts";
import type { PostgresArgs } from "./postgres-args.ts";

export const poolModes = ["transaction", "session", "statement"] as const;
/** When a server connection goes back to its pool. */
export type PoolMode = (typeof poolModes)[number];

/** Pools that one cluster may have (DigitalOcean's API description). */
const maxPools = 21;

/** Names that DigitalOcean has given away in every cluster. */
const reserved = {
  user: ["doadmin", "postgres"],
  database: ["defaultdb", "postgres", "template0", "template1"],
};

/** What DigitalOcean offers of PostgreSQL. */
export const postgresOffer: Offer = {
  nodeCounts: [1, 2, 3],
  standbyGib: 2,
  versions: postgresVersions,
  sizes: postgresSizes,
};

/** What is wrong with all pools of a cluster taken together. Those of a previous generation that is kept are there beside them. */
export function poolProblem(
  size: string,
  pools: { size: number }[],
  keepPrevious = false,
): string | undefined {
  const generations = keepPrevious ? 2 : 1;
  if (pools.length * generations > maxPools) return `must be at most ${Math.floor(maxPools / generations)}`;
  const total = pools.reduce((sum, pool) => sum + pool.size, 0) * generations;
  const usable = usableConnections(size);
  const who = keepPrevious ? "hold, with those of the previous generation," : "hold";
  return total > usable
    ? `${who} ${total} connections together, and ${size} has ${usable}: make them smaller or take a larger size`
    : undefined;
}

/** What is wrong with users and generation taken together. */
export function postgresUsersProblem(users: readonly string[], generation: number): string | undefined {
  if (generation > 1)
    for (const user of users) {
      const owner = ownerOf(user);
      const problem = users.includes(owner)
        ? "is the name of another user"
        : identifierProblem("user", owner);
      if (problem) return `makes the role ${owner}, which ${problem}`;
    }
  return userNameProblem(users, generation, (name) => identifierProblem("user", name));
}

/** What is wrong with a name in the cluster. */
export function identifierProblem(kind: "database" | "user" | "pool", name: string): string | undefined {
  if (kind !== "pool") return memberProblem(kind, name, reserved);
  return nameProblem("digitalocean:index/databaseConnectionPool:DatabaseConnectionPool", name);
}

/** What is wrong with these arguments, one line each. */
export function postgresProblems(name: string, args: PostgresArgs): string[] {
  const problems = databaseProblems(name, args, postgresOffer);
  const check = (what: string, problem: string | undefined) => {
    if (problem) problems.push(`${what} ${problem}`);
  };
  const { size, databases, pools = [], storageAutoscale, generation = 1, keepPrevious } = args;
  if (postgresSizes.includes(size)) check("pools", poolProblem(size, pools, keepPrevious));
  const users = databases.map(({ user }) => user);
  check(`generation ${generation}`, generationProblem(args) ?? postgresUsersProblem(users, generation));
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
  if (args.storageMib !== undefined && (args.storageMib <= 0 || args.storageMib % 1024 !== 0))
    problems.push(`storageMib ${args.storageMib} must be a multiple of 1024`);
  if (storageAutoscale) {
    const { thresholdPercent: threshold, incrementGib: increment = 10 } = storageAutoscale;
    if (threshold < 15 || threshold > 95) problems.push("storageAutoscale.thresholdPercent must be 15 to 95");
    if (increment < 10 || increment > 500) problems.push("storageAutoscale.incrementGib must be 10 to 500");
  }
  return problems;
}
