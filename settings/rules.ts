import {
  endpointProblem,
  type SpacesAddress,
  spacesEndpointProblem,
  spacesProxyProblem,
} from "./endpoint.ts";
import { type Problem, shown } from "./problem.ts";
import { appRules } from "./rules/app.ts";
import { bucketRules } from "./rules/buckets.ts";
import { budgetRules } from "./rules/budget.ts";
import { cacheRules } from "./rules/cache.ts";
import { provisionRules } from "./rules/databases.ts";
import { dropletRules } from "./rules/droplets.ts";
import { edgeRules } from "./rules/edge.ts";
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
  bucketRules,
  appRules,
  dropletRules,
  edgeRules,
  variableRules,
  budgetRules,
];

/** What a stack talks to, beside its settings. */
interface Addresses {
  apiEndpoint: string;
  spaces?: SpacesAddress;
}

/** Every problem that the rules of the sections find, and what is wrong with the APIs that they are meant for. */
export function rules(draft: Draft, addresses: Addresses): Problem[] {
  const problems = draft.environment === undefined ? [] : addressProblems(draft, addresses);
  const check: Check = (path, value, problem) => {
    if (problem) problems.push({ path: `breakwater:${path}`, found: shown(value), allowed: problem });
  };
  for (const section of sections) section(draft, check);
  return problems;
}

function addressProblems(draft: Draft, { apiEndpoint, spaces }: Addresses): Problem[] {
  const local = draft.environment === "local" || draft.rehearsal === true;
  const found = (url: string | undefined) => shown(url?.replace(/\/\/.*@/, "//[secret]@"));
  const problems: Problem[] = [];
  const complain = (path: string, url: string | undefined, allowed: string | undefined) => {
    if (allowed) problems.push({ path, found: found(url), allowed });
  };
  complain(
    "digitalocean:apiEndpoint (DIGITALOCEAN_API_URL)",
    apiEndpoint,
    endpointProblem(apiEndpoint, local),
  );
  if (!spaces) return problems;
  complain("SPACES_ENDPOINT_URL", spaces.endpoint, spacesEndpointProblem(spaces.endpoint, local));
  complain("BREAKWATER_SPACES_PROXY", spaces.proxy, spacesProxyProblem(spaces.proxy, local));
  return problems;
}
