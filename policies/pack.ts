import type { Policies, Policy, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { type Settings, schemaOf } from "./configuration.ts";
import { configured } from "./pack-config.ts";
import type { ResourceRule, Rule, StackRule } from "./rule.ts";
import { levelOf, Run, sentence } from "./run.ts";
import { metadataOnly, type PolicyConfig, prepare } from "./sdk.ts";

/**
 * Rules as Pulumi's SDK takes them. The SDK prepares every resource anew for each policy, and all resources for each policy of a stack:
 * with a hundred rules that would be most of the time. So two policies run all rules and report in their names; the others tell what a
 * rule is about, and mend.
 */

const url = "https://www.pulumi.com/docs/iac/crossguard/";
const runner = {
  enforcementLevel: "mandatory",
  severity: "low",
  tags: ["settings"],
  url,
} satisfies Partial<Policy>;

/** Names of the two policies that run the rules. */
export const runners = ["rules-of-resources", "rules-of-stack"] as const;

export interface Pack {
  policies: Policies;
  /** Takes what Pulumi configures the policies with, by their names. */
  configure: (config: ReadonlyMap<string, PolicyConfig>) => void;
}

/** @param rules every rule of the pack; those that the settings switch off are told of, and not run. */
export function packOf(rules: readonly Rule[], settings: Settings): Pack {
  prepare();
  let run = new Run(rules, settings);
  const ofResources: ResourceValidationPolicy = {
    ...runner,
    name: runners[0],
    description: "The rules that judge one resource are run.",
    validateResource: (args, report) => run.resource(args, report),
  };
  const ofStack: StackValidationPolicy = {
    ...runner,
    name: runners[1],
    description: "The rules that judge a stack, and those about the settings, are run.",
    validateStack: ({ resources }, report) => run.stack(resources, report),
  };
  const told = rules.map((rule) =>
    "check" in rule
      ? resourcePolicy(rule, settings, () => run.settingsOf(rule))
      : { ...about(rule, settings), ...metadataOnly.stack },
  );
  const ofSettings = run.housekeeping.map((rule): StackValidationPolicy => {
    const { name, description, level: enforcementLevel, severity } = rule;
    return { ...runner, name, description, enforcementLevel, severity, ...metadataOnly.stack };
  });
  const policies = [ofResources, ...told, ...ofSettings, ofStack];
  return {
    policies,
    configure: (config) => {
      run = new Run(rules, configured(rules, settings, policies, config));
    },
  };
}

/** @param current the settings as they are once Pulumi has configured the policies. */
function resourcePolicy(
  rule: ResourceRule,
  settings: Settings,
  current: () => Settings,
): ResourceValidationPolicy {
  const { mend, types } = rule;
  return {
    ...about(rule, settings),
    ...metadataOnly.resource,
    ...(mend && {
      remediateResource: ({ type, props }) => {
        if (types.length > 0 && !types.includes(type)) return undefined;
        mend(props, current());
        return props;
      },
    }),
  };
}

function about(rule: ResourceRule | StackRule, settings: Settings): Policy {
  const { name, description, severity, group, fix, references = [], limits = [] } = rule;
  return {
    name,
    description,
    severity,
    enforcementLevel: levelOf(rule, settings),
    tags: [group],
    remediationSteps: sentence(fix),
    url: rule.url,
    ...(limits.length > 0 && { configSchema: schemaOf(limits) }),
    ...(references.length > 0 && {
      framework: {
        name: "Published rules for DigitalOcean",
        version: "2026-08",
        reference: references.join(", "),
        specification: description,
      },
    }),
  };
}
