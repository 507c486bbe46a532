import { mongoSizes, mongoVersions } from "./catalog.ts";
import { databaseProblems, duplicates, memberProblem, type Offer } from "./database-rules.ts";
import { generationProblem, userNameProblem } from "./generation.ts";
import type { MongoArgs } from "./mongo-args.ts";

export const readConcerns = ["local", "available", "majority"] as const;
/** What a read may return that its client has not asked otherwise for. */
export type ReadConcern = (typeof readConcerns)[number];

/** What DigitalOcean offers of MongoDB. Two nodes could elect no primary when one is lost. */
export const mongoOffer: Offer = {
  nodeCounts: [1, 3],
  standbyGib: 1,
  versions: mongoVersions,
  sizes: mongoSizes,
};

const reserved = { user: ["doadmin", "admin"], database: ["admin", "config", "local"] };

/** What is wrong with the name of a database or user of MongoDB. */
export function mongoMemberProblem(kind: "database" | "user", name: string): string | undefined {
  return memberProblem(kind, name, reserved);
}

/** What is wrong with users and generation taken together. */
export function mongoUsersProblem(users: readonly string[], generation: number): string | undefined {
  return userNameProblem(users, generation, (name) => mongoMemberProblem("user", name));
}

/** What is wrong with these arguments, one line each. */
export function mongoProblems(name: string, args: MongoArgs): string[] {
  const problems = databaseProblems(name, args, mongoOffer);
  const check = (what: string, problem: string | undefined) => {
    if (problem) problems.push(`${what} ${problem}`);
  };
  const { databases, generation = 1 } = args;
  if (databases.length === 0) problems.push("databases must have at least one entry");
  for (const { name: database, user } of databases) {
    check(`database ${database}`, mongoMemberProblem("database", database));
    check(`user ${user}`, mongoMemberProblem("user", user));
  }
  for (const twice of duplicates(databases.map((database) => database.name)))
    problems.push(`database ${twice} is listed twice`);
  const bad = generationProblem(args);
  check(`generation ${generation}`, bad);
  if (!bad)
    check(
      `generation ${generation}`,
      mongoUsersProblem(
        databases.map(({ user }) => user),
        generation,
      ),
    );
  return problems;
}
