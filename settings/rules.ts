import { endpointProblem } from "./endpoint.ts";
import { type Problem, shown } from "./problem.ts";
import { appRules } from "./rules/app.ts";
import { budgetRules } from "./rules/budget.ts";
import { cacheRules } from "./rules/cache.ts";
import { provisionRules } from "./rules/databases.ts";
import { mongoRules } from "./rules/mongo.ts";
import { networkRules } from "./rules/network.ts";
import { postgresRules } from "./rules/postgres.ts";
import type { Check, Draft, Rule } from "./rules/rule.ts";
import { variableRules } from "./rules/variables.ts";

/** One function for each section of the settings, in settings/rules/. */
const sections: Rule[] = [
  networkRules,
  postgresRules,
  mongoRules,
  cacheRules,
  provisionRules,
  appRules,
  variableRules,
  budgetRules,
];

/** Every problem that the rules of the sections find, and what is wrong with the API they are meant for. */
export function rules(draft: Draft, apiEndpoint: string): Problem[] {
  const problems: Problem[] = [];
  const check: Check = (path, value, problem) => {
    if (problem) problems.push({ path: `breakwater:${path}`, found: shown(value), allowed: problem });
  };
  if (draft.environment !== undefined) {
    const local = draft.environment === "local" || draft.rehearsal === true;
    const problem = endpointProblem(apiEndpoint, local);
    if (problem)
      problems.push({
        path: "digitalocean:apiEndpoint (DIGITALOCEAN_API_URL)",
        found: shown(apiEndpoint.replace(/\/\/.*@/, "//[secret]@")),
        allowed: problem,
      });
  }
  for (const section of sections) section(draft, check);
  return problems;
}
