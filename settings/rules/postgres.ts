import { duplicates } from "../../components/database-rules.ts";
import {
  identifierProblem,
  poolProblem,
  postgresOffer,
  postgresUsersProblem,
} from "../../components/postgres-rules.ts";
import { checkPrevious } from "../generation.ts";
import { clusterRules } from "./databases.ts";
import { type Check, type Draft, present } from "./rule.ts";

export function postgresRules(draft: Draft, check: Check): void {
  const { postgres } = draft;
  if (!postgres) return;
  const { size, databases = [], pools = [], generation, keepPrevious } = postgres;
  clusterRules(draft, "postgres", postgresOffer, check);
  if (size !== undefined) {
    const sizes = pools.map((pool) => ({ size: pool?.size ?? 0 }));
    check("postgres.pools", undefined, poolProblem(size, sizes, keepPrevious));
  }
  if (postgres.databases?.length === 0) check("postgres.databases", [], "must have at least one entry");
  for (const [index, database] of databases.entries())
    for (const [key, kind] of [["name", "database"] as const, ["user", "user"] as const]) {
      const name = database?.[key];
      if (name !== undefined)
        check(`postgres.databases[${index}].${key}`, name, identifierProblem(kind, name));
    }
  const users = present(databases.map((database) => database?.user));
  if (generation !== undefined && generation > 1)
    check("postgres.generation", generation, postgresUsersProblem(users, generation));
  checkPrevious(check, "postgres.generation", generation, keepPrevious);
  const names = present(databases.map((database) => database?.name));
  for (const twice of duplicates(names)) check("postgres.databases", twice, "is listed twice");
  for (const twice of duplicates(present(pools.map((pool) => pool?.name))))
    check("postgres.pools", twice, "is listed twice");
  const known = names.length === databases.length;
  for (const [index, pool] of pools.entries())
    if (known && pool?.database !== undefined && !names.includes(pool.database))
      check(
        `postgres.pools[${index}].database`,
        pool.database,
        `must be one of the databases: ${names.join(", ")}`,
      );
}
