import type {
  Policies,
  Policy,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Settings } from "./configuration.ts";
import { Exceptions } from "./exceptions.ts";
import { Undecided } from "./input.ts";
import { failure, type Open, write, writeUndecided } from "./message.ts";
import { Resource, Stack } from "./resources.ts";
import { housekeeping, type Report, type ResourceRule, type Rule, type StackRule } from "./rule.ts";
import { prepare, propertiesOf, undecidedError } from "./sdk.ts";
import { withoutSecrets } from "./text.ts";

/** Rules as Pulumi's SDK takes them. */

/** Tells Pulumi about a resource. */
type Tell = (message: string, urn: string) => void;

const url = "https://www.pulumi.com/docs/iac/crossguard/";

/** @param rules every rule of the pack; those that the settings switch off are left out. */
export function policiesOf(rules: readonly Rule[], settings: Settings): Policies {
  prepare();
  const run = new Run(rules, settings);
  return [
    run.witness(),
    ...rules.map((rule) => ("check" in rule ? run.resourcePolicy(rule) : run.stackPolicy(rule))),
    ...run.housekeeping(),
  ];
}

/** The level that a stack's settings give a rule. A mandatory rule stays so. */
export function levelOf(rule: Rule, { levels, mend }: Settings): Policy["enforcementLevel"] {
  if ("mend" in rule && rule.mend && mend.includes(rule.name)) return "remediate";
  const level = levels[rule.name];
  if (level === undefined || rule.level === "mandatory") return rule.level;
  return level === "off" ? "disabled" : level;
}

class Run {
  readonly #rules: readonly Rule[];
  readonly #settings: Settings;
  readonly #exceptions: Exceptions;
  /** Where paths go that the resource under judgement leaves undecided. */
  #open = new Set<string>();
  readonly #sink = { add: (path: string) => this.#open.add(path) };
  /** The inputs of what was judged one by one, for the rules of the stack. */
  readonly #inputs = new Map<string, unknown>();
  /** The stack that was judged last: every stack rule is given the same one. */
  #stack: { of: unknown; stack: Stack; secrets?: Set<string> } | undefined;

  constructor(rules: readonly Rule[], settings: Settings) {
    this.#rules = rules;
    this.#settings = settings;
    this.#exceptions = new Exceptions(settings, new Set(rules.map(({ name }) => name)));
  }

  resourcePolicy(rule: ResourceRule): ResourceValidationPolicy {
    const { mend } = rule;
    return {
      ...this.#about(rule),
      validateResource: forType(rule, (args, report) => {
        if (!applies(rule, args.type, this.#settings)) return;
        const resource = new Resource(args, this.#sink);
        const open = this.#judge(rule, resource, report, (tell) =>
          rule.check(resource, tell, this.#settings),
        );
        if (open.length > 0) throw undecidedError(writeUndecided(open.map((path) => ({ path }))));
      }),
      ...(mend && {
        remediateResource: (args) => {
          if (!applies(rule, args.type, this.#settings)) return undefined;
          mend(args.props, this.#settings);
          return args.props;
        },
      }),
    };
  }

  stackPolicy(rule: StackRule): StackValidationPolicy {
    return {
      ...this.#about(rule),
      validateStack: ({ resources }, report) => {
        const stack = this.#stackOf(resources);
        const open: Open[] = [];
        for (const resource of rule.types.length > 0 ? stack.of(...rule.types) : stack.resources) {
          if (!applies(rule, resource.type, this.#settings)) continue;
          const paths = this.#judge(rule, resource, report, (tell) =>
            rule.checkInStack(resource, tell, this.#settings, stack),
          );
          for (const path of paths) open.push({ urn: resource.urn, path });
        }
        if (open.length > 0) throw undecidedError(writeUndecided(open));
      },
    };
  }

  /** Sees every resource before any rule does: the rules of the stack, and the exceptions, need to know. It judges nothing itself. */
  witness(): ResourceValidationPolicy {
    return {
      name: "inputs-seen",
      description: "Resources are shown to the pack.",
      enforcementLevel: "advisory",
      severity: "low",
      tags: ["settings"],
      url,
      validateResource: (args) => {
        this.#exceptions.judging(args.urn);
        this.#inputs.set(args.urn, propertiesOf(args));
      },
    };
  }

  /** The policies that judge the settings. They come last, since by then it is known which exceptions were used. */
  housekeeping(): StackValidationPolicy[] {
    const common = { severity: "high", tags: ["settings"], url } satisfies Partial<Policy>;
    return [
      {
        ...common,
        name: housekeeping.settings,
        description: "The pack's settings are right, and lower no mandatory rule.",
        enforcementLevel: "mandatory",
        validateStack: (_, report) => {
          const fix = "mend this setting in the stack file";
          for (const { key, wrong } of [...this.#settings.problems, ...this.#wrongNames()])
            report(write({ path: key, wrong, fix }));
        },
      },
      {
        ...common,
        name: housekeeping.exceptions,
        description: "Every exception names one rule and one resource, is needed, and has not expired.",
        enforcementLevel: "mandatory",
        validateStack: ({ resources }, report) => {
          const fix = "mend this exception in the stack file, or take it out";
          for (const { key, wrong } of this.#exceptions.problems(resources.map(({ urn }) => urn)))
            report(write({ path: key, wrong, fix }));
        },
      },
      {
        ...common,
        name: housekeeping.listing,
        severity: "low",
        description: "Exceptions in use are listed.",
        enforcementLevel: "advisory",
        validateStack: ({ resources }, report) => {
          for (const { exception, urn } of this.#exceptions.used(resources.map((each) => each.urn))) {
            const { rule, owner, expires, reason } = exception;
            const wrong = `an exception from ${rule} holds until ${expires} (${owner}): ${reason}`;
            report(write({ path: "", wrong, fix: `keep ${rule} by ${expires}` }), urn);
          }
        },
      },
    ];
  }

  #about(rule: Rule): Policy {
    const { name, description, severity, group, fix, references = [] } = rule;
    return {
      name,
      description,
      severity,
      enforcementLevel: levelOf(rule, this.#settings),
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

  #stackOf(resources: ConstructorParameters<typeof Stack>[0]): Stack {
    // The SDK makes the list anew for each policy, over the same properties.
    const of = resources[0] && propertiesOf(resources[0]);
    if (!this.#stack || this.#stack.of !== of)
      this.#stack = { of, stack: new Stack(resources, this.#sink, (urn) => this.#inputs.get(urn)) };
    return this.#stack.stack;
  }

  /** Lets a rule judge a resource. What throws is a violation. Returns the paths that stayed undecided. */
  #judge(rule: Rule, resource: Resource, tell: Tell, judge: (report: Report) => void): string[] {
    this.#open = new Set();
    let covered: boolean | undefined;
    const report: Report = (at, wrong, fix = rule.fix) => {
      covered ??= this.#exceptions.covers(rule.name, resource.urn);
      if (covered) return;
      const path = typeof at === "string" ? at : at.path;
      tell(withoutSecrets(write({ path, wrong, fix: sentence(fix) }), this.#secrets(resource)), resource.urn);
    };
    try {
      judge(report);
    } catch (error) {
      if (error instanceof Undecided) this.#open.add(error.path);
      else tell(write(failure(error instanceof Error ? error.name : typeof error)), resource.urn);
    }
    if (this.#open.size > 0) covered ??= this.#exceptions.covers(rule.name, resource.urn);
    return covered ? [] : [...this.#open];
  }

  /** The secrets that a message about a resource could quote: its own and, where the stack is judged, everyone's. */
  #secrets(resource: Resource): Set<string> {
    const own = secretsOf(resource);
    if (!this.#stack) return own;
    this.#stack.secrets ??= new Set(this.#stack.stack.resources.flatMap((each) => [...secretsOf(each)]));
    return own.size > 0 ? new Set([...this.#stack.secrets, ...own]) : this.#stack.secrets;
  }

  #wrongNames(): { key: string; wrong: string }[] {
    const { levels, mend } = this.#settings;
    const byName = new Map(this.#rules.map((rule) => [rule.name, rule]));
    const ofLevels = Object.entries(levels).flatMap(([name, level]) => {
      const rule = byName.get(name);
      const key = `policies:levels.${name}`;
      if (!rule) return [{ key, wrong: "there is no such rule" }];
      return rule.level === "mandatory" && level !== "mandatory"
        ? [{ key, wrong: `the rule is mandatory and stays so; "${level}" needs an exception for a resource` }]
        : [];
    });
    const ofMend = mend.flatMap((name, index) => {
      const rule = byName.get(name);
      const mends = rule && "mend" in rule && rule.mend;
      return mends ? [] : [{ key: `policies:mend[${index}]`, wrong: `no rule ${name} can mend anything` }];
    });
    return [...ofLevels, ...ofMend];
  }
}

/** Tells the SDK which type a rule is for, so that it skips others without reading them. It knows of one type or of any. */
function forType({ types }: Rule, validate: ResourceValidation): ResourceValidation {
  return types.length === 1 ? Object.assign(validate, { __pulumiType: types[0] }) : validate;
}

function applies({ types, only }: Rule, type: string, { production }: Settings): boolean {
  if (only === "production" && !production) return false;
  return types.length === 0 || types.includes(type);
}

const sentence = (text: string) => (text.endsWith(".") ? text : `${text}.`);

function secretsOf({ inputs, outputs }: Resource): Set<string> {
  const found = new Set<string>();
  for (const leaf of [...inputs.leaves(), ...(outputs === inputs ? [] : outputs.leaves())])
    if (leaf.isSecret && !leaf.isUnknown && typeof leaf.value === "string") found.add(leaf.value);
  return found;
}
