import { z } from "zod";
import { generationProblem } from "../components/generation.ts";
import { integer } from "./kinds.ts";
import type { Check } from "./rules/rule.ts";
import { field } from "./schema-kit.ts";

/** Settings of credentials that follow one another. */

/** @param what what a higher one does. */
export const generation = (what: string) =>
  field(integer(1, 1_000_000), { description: what, default: 1, effect: "restarts" });

/** @param what what is kept. */
export const keepPrevious = (what: string) =>
  field(z.boolean(), {
    description: `Let ${what} of the generation before it live on, for what runs with them; taken out again, they are deleted (runbooks/rotate-credentials.md).`,
    default: false,
  });

/** The generation of users, in a cluster. */
export const users = {
  generation: generation(
    "Raise it, with `keepPrevious`, to give every user a new password by way of a new user: `app` is followed by `app-2`.",
  ),
  keepPrevious: keepPrevious("the users"),
};

/** There is nothing before the first. */
export function checkPrevious(check: Check, path: string, generation?: number, keepPrevious?: boolean): void {
  if (generation !== undefined && keepPrevious)
    check(path, generation, generationProblem({ generation, keepPrevious }));
}
