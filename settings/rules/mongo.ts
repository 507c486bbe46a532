import { duplicates } from "../../components/database-rules.ts";
import { mongoMemberProblem, mongoOffer, mongoUsersProblem } from "../../components/mongo-rules.ts";
import { checkPrevious } from "../generation.ts";
import { clusterRules } from "./databases.ts";
import { type Check, type Draft, present } from "./rule.ts";

export function mongoRules(draft: Draft, check: Check): void {
  const { databases = [], generation, keepPrevious } = draft.mongo ?? {};
  clusterRules(draft, "mongo", mongoOffer, check);
  if (draft.mongo?.databases?.length === 0) check("mongo.databases", [], "must have at least one entry");
  for (const [index, database] of databases.entries())
    for (const [key, kind] of [["name", "database"] as const, ["user", "user"] as const]) {
      const name = database?.[key];
      if (name !== undefined) check(`mongo.databases[${index}].${key}`, name, mongoMemberProblem(kind, name));
    }
  for (const twice of duplicates(present(databases.map((database) => database?.name))))
    check("mongo.databases", twice, "is listed twice");
  const users = present(databases.map((database) => database?.user));
  if (generation !== undefined && generation > 1)
    check("mongo.generation", generation, mongoUsersProblem(users, generation));
  checkPrevious(check, "mongo.generation", generation, keepPrevious);
}
