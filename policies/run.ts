import type { Policy, PolicyResource, ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import type { Settings } from "./configuration.ts";
import { Exceptions } from "./exceptions.ts";
import { housekeepingOf } from "./housekeeping.ts";
import { Undecided } from "./input.ts";
import { failure, type Message, write, writeUndecided } from "./message.ts";
import { Resource, Stack } from "./resources.ts";
import type { Level, Report, ResourceRule, Rule, StackRule } from "./rule.ts";
import { propertiesOf, reportAs } from "./sdk.ts";
import { withoutSecrets } from "./text.ts";

/** What a diagnostic takes from the rule in whose name it is. */
type Named = Pick<Rule, "name" | "description" | "severity">;

/** The level that a stack's settings give a rule. A mandatory rule stays so. */
export function levelOf(rule: Rule, { levels, mend }: Settings): Policy["enforcementLevel"] {
  if ("mend" in rule && rule.mend && mend.includes(rule.name)) return "remediate";
  const level = levels[rule.name];
  if (level === undefined || rule.level === "mandatory") return rule.level;
  return level === "off" ? "disabled" : level;
}

/** Judges the resources of one program: each by itself as it comes, and at the end all together. */
export class Run {
  readonly housekeeping: ReturnType<typeof housekeepingOf>;
  readonly #rules: readonly Rule[];
  readonly #exceptions: Exceptions;
  readonly #settings: Settings;
  /** At which level the violations of a rule are, and what it goes by. */
  readonly #terms: ReadonlyMap<Rule, { level: Level; settings: Settings }>;
  /** The rules for one resource that apply to a type. */
  readonly #byType = new Map<string, ResourceRule[]>();
  /** Where paths go that the resource under judgement leaves undecided. */
  readonly #open = new Set<string>();
  readonly #sink = { add: (path: string) => this.#open.add(path) };
  /** The inputs of what was judged one by one, for the rules of the stack. */
  readonly #inputs = new Map<string, unknown>();

  constructor(rules: readonly Rule[], settings: Settings) {
    this.#rules = rules.filter(
      (rule) => levelOf(rule, settings) !== "disabled" && (rule.only !== "production" || settings.production),
    );
    this.#settings = settings;
    // What could not be mended stops the deployment.
    this.#terms = new Map(
      this.#rules.map((rule) => [
        rule,
        {
          level: levelOf(rule, settings) === "advisory" ? "advisory" : "mandatory",
          settings: this.settingsOf(rule),
        },
      ]),
    );
    this.#exceptions = new Exceptions(settings, new Set(rules.map(({ name }) => name)));
    this.housekeeping = housekeepingOf(rules, settings, this.#exceptions);
  }

  /** The settings, with the limits that hold for one rule alone. */
  settingsOf({ name }: Rule): Settings {
    const own = this.#settings.limitsOf[name];
    return own ? { ...this.#settings, limits: { ...this.#settings.limits, ...own } } : this.#settings;
  }

  /** Judges a resource by its inputs. */
  resource(args: ResourceValidationArgs, report: ReportViolation): void {
    this.#exceptions.judging(args.urn);
    this.#inputs.set(args.urn, propertiesOf(args));
    const resource = new Resource(args, this.#sink);
    const secrets = once(() => secretsOf(resource));
    for (const rule of this.#rulesFor(args.type))
      this.#judge(rule, resource, report, secrets, (tell, settings) => rule.check(resource, tell, settings));
  }

  /** Judges the resources of a stack by each other, and then the settings: by then it is known which exceptions were used. */
  stack(resources: readonly PolicyResource[], report: ReportViolation): void {
    const stack = new Stack(resources, this.#sink, (urn) => this.#inputs.get(urn));
    // A rule that looks at two resources may quote the secret of the other.
    const secrets = once(() => new Set(stack.resources.flatMap((each) => [...secretsOf(each)])));
    for (const rule of this.#rules)
      if ("checkInStack" in rule)
        for (const resource of rule.types.length > 0 ? stack.of(...rule.types) : stack.resources)
          this.#judge(rule, resource, report, secrets, (tell, settings) =>
            rule.checkInStack(resource, tell, settings, stack),
          );
    const urns = resources.map(({ urn }) => urn);
    for (const rule of this.housekeeping)
      rule.check(urns, (message, urn) => this.#tell(report, rule, rule.level, write(message), urn));
  }

  #rulesFor(type: string): ResourceRule[] {
    let rules = this.#byType.get(type);
    if (!rules) {
      rules = this.#rules.filter(
        (rule): rule is ResourceRule =>
          "check" in rule && (rule.types.length === 0 || rule.types.includes(type)),
      );
      this.#byType.set(type, rules);
    }
    return rules;
  }

  /** Lets a rule judge a resource. What throws is a violation. */
  #judge(
    rule: ResourceRule | StackRule,
    { urn }: Resource,
    report: ReportViolation,
    secrets: () => Set<string>,
    judge: (report: Report, settings: Settings) => void,
  ): void {
    const terms = this.#terms.get(rule);
    if (!terms) return;
    const { level, settings } = terms;
    const say = (message: Message) => this.#tell(report, rule, level, write(message), urn);
    const covered = once(() => this.#exceptions.covers(rule.name, urn));
    this.#open.clear();
    try {
      judge((at, wrong, fix = rule.fix) => {
        if (covered()) return;
        const path = typeof at === "string" ? at : at.path;
        const message = write({ path, wrong, fix: sentence(fix) });
        this.#tell(report, rule, level, withoutSecrets(message, secrets()), urn);
      }, settings);
    } catch (error) {
      if (error instanceof Undecided) this.#open.add(error.path);
      else say(failure(error instanceof Error ? error.name : typeof error));
    }
    // As the SDK does: what a preview can't tell is an advisory.
    if (this.#open.size > 0 && !covered())
      this.#tell(report, rule, "advisory", writeUndecided([...this.#open]), urn);
  }

  #tell(report: ReportViolation, rule: Named, level: Level, message: string, urn?: string): void {
    const { name, description, severity } = rule;
    const enforcementLevel = level;
    reportAs(report, {
      name,
      description,
      severity,
      enforcementLevel,
      message: `${description}\n${message}`,
      urn,
    });
  }
}

export const sentence = (text: string) => (text.endsWith(".") ? text : `${text}.`);

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function secretsOf({ inputs, outputs }: Resource): Set<string> {
  const found = new Set<string>();
  for (const leaf of [...inputs.leaves(), ...(outputs === inputs ? [] : outputs.leaves())])
    if (leaf.isSecret && !leaf.isUnknown && typeof leaf.value === "string") found.add(leaf.value);
  return found;
}
