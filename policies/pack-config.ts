import type { Policy } from "@pulumi/policy";
import type { Limits, Settings } from "./configuration.ts";
import type { Rule } from "./rule.ts";
import type { PolicyConfig } from "./sdk.ts";
import { listed } from "./text.ts";

/** The key under which problems of Pulumi's own configuration are told: it has no place in the stack file. */
export const PACK_CONFIG = "policy-pack-config";

/**
 * The settings of a stack with what Pulumi configures the policies with. The same law holds as in the stack file: a level may be
 * raised, that of an advisory rule be lowered as well, and a mandatory rule stays what it is.
 *
 * @param told the policies as the engine knows them: it gives back the level of each, changed or not.
 */
export function configured(
  rules: readonly Rule[],
  settings: Settings,
  told: readonly Policy[],
  config: ReadonlyMap<string, PolicyConfig>,
): Settings {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const levels: Settings["levels"] = { ...settings.levels };
  const limitsOf: Settings["limitsOf"] = { ...settings.limitsOf };
  const mend = [...settings.mend];
  const problems: Settings["problems"] = [];
  const wrong = (what: string) => problems.push({ key: PACK_CONFIG, wrong: what });
  const lowered: string[] = [];

  for (const { name, enforcementLevel } of told) {
    const { level, properties } = config.get(name) ?? { level: enforcementLevel, properties: {} };
    const rule = byName.get(name);
    if (rule) {
      const { known, others } = limitsIn(rule, properties);
      if (Object.keys(known).length > 0) limitsOf[name] = known;
      if (others.length > 0) wrong(`${name} takes no ${listed(others, "or")}`);
    }
    if (level === undefined || level === enforcementLevel) continue;
    if (level === "remediate") {
      if (rule && "mend" in rule && rule.mend) mend.push(name);
      else if (rule) wrong(`no rule ${name} can mend anything`);
    } else if ((rule ? rule.level : enforcementLevel) === "mandatory") {
      if (level !== "mandatory") lowered.push(name);
    } else if (rule) levels[name] = level === "disabled" ? "off" : level;
  }
  const names = new Set(told.map(({ name }) => name));
  for (const name of config.keys()) if (name !== "all" && !names.has(name)) wrong(`there is no rule ${name}`);
  if (lowered.length > 0)
    wrong(`mandatory rules stay so, and it lowers ${few(lowered)}: that takes an exception for a resource`);
  return { ...settings, levels, limitsOf, mend, problems: [...settings.problems, ...problems] };
}

/** The engine has held them against the schema; what that does not name it lets through. */
function limitsIn(
  { limits = [] }: Rule,
  properties: Record<string, unknown>,
): { known: Partial<Limits>; others: string[] } {
  const isKnown = (key: string) => limits.some((limit) => limit === key);
  const entries = Object.entries(properties);
  return {
    known: Object.fromEntries(entries.filter(([key]) => isKnown(key))),
    others: entries.map(([key]) => key).filter((key) => !isKnown(key)),
  };
}

/** The first few of many names. */
function few(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  return listed(names.length > 3 ? [...shown, `${names.length - 3} more`] : shown);
}
