import type { Policies, Policy, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Settings } from "./configuration.ts";
import type { ResourceRule, Rule, StackRule } from "./rule.ts";
import { levelOf, Run, sentence } from "./run.ts";
import { metadataOnly, prepare } from "./sdk.ts";

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

/** @param rules every rule of the pack; those that the settings switch off are told of, and not run. */
export function policiesOf(rules: readonly Rule[], settings: Settings): Policies {
  prepare();
  const run = new Run(rules, settings);
  const ofResources: ResourceValidationPolicy = {
    ...runner,
    name: "rules-of-resources",
    description: "The rules that judge one resource are run.",
    validateResource: (args, report) => run.resource(args, report),
  };
  const ofStack: StackValidationPolicy = {
    ...runner,
    name: "rules-of-stack",
    description: "The rules that judge a stack, and those about the settings, are run.",
    validateStack: ({ resources }, report) => run.stack(resources, report),
  };
  const told = rules.map((rule) =>
    "check" in rule ? resourcePolicy(rule, settings) : { ...about(rule, settings), ...metadataOnly.stack },
  );
  const ofSettings = run.housekeeping.map((rule): StackValidationPolicy => {
    const { name, description, level: enforcementLevel, severity } = rule;
    return { ...runner, name, description, enforcementLevel, severity, ...metadataOnly.stack };
  });
  return [ofResources, ...told, ...ofSettings, ofStack];
}

function resourcePolicy(rule: ResourceRule, settings: Settings): ResourceValidationPolicy {
  const { mend, types } = rule;
  return {
    ...about(rule, settings),
    ...metadataOnly.resource,
    ...(mend && {
      remediateResource: ({ type, props }) => {
        if (types.length > 0 && !types.includes(type)) return undefined;
        mend(props, settings);
        return props;
      },
    }),
  };
}

function about(rule: ResourceRule | StackRule, settings: Settings): Policy {
  const { name, description, severity, group, fix, references = [] } = rule;
  return {
    name,
    description,
    severity,
    enforcementLevel: levelOf(rule, settings),
    tags: [group],
    remediationSteps: sentence(fix),
    url: rule.url,
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
