import { daysBetween, type Exception, type Settings } from "./configuration.ts";

/** Exceptions of one run: which of them cover a finding, and what is wrong with them. */
export class Exceptions {
  readonly #settings: Settings;
  readonly #rules: ReadonlySet<string>;
  readonly #used = new Set<Exception>();
  readonly #judged = new Set<string>();

  constructor(settings: Settings, rules: ReadonlySet<string>) {
    this.#settings = settings;
    this.#rules = rules;
  }

  /** Notes that a resource is judged in this run: only then an exception for it can turn out to be unused. */
  judging(urn: string): void {
    this.#judged.add(urn);
  }

  /** Whether a rule may be broken by a resource. An exception that can't be used covers nothing. */
  covers(rule: string, urn: string): boolean {
    const found = this.#settings.exceptions.filter(
      (exception) => exception.rule === rule && names(exception, urn) && !this.#unusable(exception),
    );
    for (const exception of found) this.#used.add(exception);
    return found.length > 0;
  }

  /** What is wrong with exceptions, at the end of a run: the setting's key and why. */
  problems(urns: readonly string[]): { key: string; wrong: string }[] {
    return this.#settings.exceptions.flatMap((exception, index) => {
      const wrong = this.#unusable(exception) ?? this.#unneeded(exception, urns);
      return wrong === undefined ? [] : [{ key: `policies:exceptions[${index}]`, wrong }];
    });
  }

  /** The exceptions that covered something, with the resource. */
  used(urns: readonly string[]): { exception: Exception; urn: string }[] {
    return [...this.#used].flatMap((exception) =>
      urns.filter((urn) => names(exception, urn)).map((urn) => ({ exception, urn })),
    );
  }

  #unusable({ rule, resource, reason, expires }: Exception): string | undefined {
    const { today, limits } = this.#settings;
    if (/[*?]/.test(rule + resource)) return "it is too broad: name one rule and one resource";
    if (!this.#rules.has(rule)) return `there is no rule ${rule}`;
    if (!resource.includes("::")) return "its resource must be a URN or Type::name";
    if (reason.trim().length < 10) return "its reason says too little";
    const left = daysBetween(today, expires);
    if (Number.isNaN(left)) return "its expiry must be a day, YYYY-MM-DD";
    if (left < 0) return `it expired on ${expires}`;
    if (left > limits.exceptionDays)
      return `it runs for ${left} days, and ${limits.exceptionDays} are allowed`;
    return undefined;
  }

  #unneeded(exception: Exception, urns: readonly string[]): string | undefined {
    const named = urns.filter((urn) => names(exception, urn));
    if (named.length > 1) return `it is too broad: ${named.length} resources have that name; give the URN`;
    const [urn] = named;
    if (urn === undefined) return "the stack has no such resource";
    return this.#judged.has(urn) && !this.#used.has(exception)
      ? "it is not needed any more: the rule is kept"
      : undefined;
  }
}

/** Whether an exception is for a resource: the whole URN, or type and name at its end. */
function names({ resource }: Exception, urn: string): boolean {
  if (resource.startsWith("urn:")) return resource === urn;
  const [path = "", name] = urn.split("::").slice(-2);
  return `${path.split("$").at(-1)}::${name}` === resource;
}
