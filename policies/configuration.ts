import type { PolicyConfigSchema } from "@pulumi/policy";
import type { Proof } from "./evidence.ts";
import type { Level } from "./rule.ts";

/** The settings of the pack for one stack: keys under `policies:` in its stack file. */

export interface Exception {
  /** Name of the rule. */
  rule: string;
  /** The one resource: its URN, or `Type::name` as Pulumi prints them. */
  resource: string;
  /** Why the rule may be broken here. */
  reason: string;
  /** Who answers for it. */
  owner: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  expires: string;
}

/** Something that no input shows, signed by somebody. */
export interface Attestation {
  /** Day on which it was true, `YYYY-MM-DD`. */
  on: string;
  /** Who says so. */
  by: string;
  /** Where the evidence lies. */
  evidence: string;
}

type Limit = { about: string } & (
  | { kind: "number"; default: number | undefined; least: number; most: number }
  | { kind: "texts"; default: readonly string[] }
);

const number = <V extends number | undefined>(about: string, value: V, least: number, most: number) =>
  ({ about, kind: "number", default: value, least, most }) as const;
const texts = (about: string, ...value: string[]) => ({ about, kind: "texts", default: value }) as const;

/** Every limit, in the order of docs/policies.md. */
export const limits = {
  budget: number(
    "USD a month that the priced resources may come to, each scaled to its largest",
    undefined,
    0,
    1e6,
  ),
  endOfLifeDays: number("days before the end of a version from which it is told", 180, 0, 1000),
  drillDays: number("days that an attested restore drill counts", 90, 1, 366),
  exceptionDays: number("days that an exception may still run", 180, 1, 366),
  noncurrentDays: number("days that a bucket may keep old versions of objects", 365, 1, 3650),
  widestPublic: number("shortest prefix of a public IPv4 range that may be let in", 24, 8, 32),
  dnsTtl: number("seconds that a DNS record may be cached", 3600, 30, 86_400),
  egressPorts: texts(
    "ports to which a firewall may let traffic out to any address",
    "443/tcp",
    "80/tcp",
    "53/udp",
    "53/tcp",
    "123/udp",
  ),
  images: texts("ids of custom images that droplets may run"),
  vpcs: texts("ids of VPCs outside the stack that resources may join; with none listed, any that is named"),
  regions: texts("regions that resources may be in; with none listed, all"),
  tags: texts("tags that every resource that can be tagged must carry"),
  types: texts("types of DigitalOcean's resources that may be used though no rule judges them"),
} satisfies Record<string, Limit>;

/** What the engine checks the limits of one rule against. Without defaults: only what is given replaces the stack's own. */
export function schemaOf(names: readonly (keyof typeof limits)[]): PolicyConfigSchema {
  const properties = names.map((name): [string, PolicyConfigSchema["properties"][string]] => {
    const limit: Limit = limits[name];
    return [
      name,
      limit.kind === "texts"
        ? { type: "array", items: { type: "string" }, description: limit.about }
        : { type: "number", minimum: limit.least, maximum: limit.most, description: limit.about },
    ];
  });
  return { properties: Object.fromEntries(properties) };
}

/** What a limit's value is: texts, a number, or nothing where it has no default. */
type Value<L extends Limit> = L["kind"] extends "texts"
  ? readonly string[]
  : L["default"] extends number
    ? number
    : number | undefined;
export type Limits = { readonly [K in keyof typeof limits]: Value<(typeof limits)[K]> };

/** What can be attested. */
export const attestations = {
  drill: "a backup was restored and checked",
  dumps: "dumps of the databases are made and kept away from the platform",
} as const;

export interface Settings {
  /** Whether rules for production apply. */
  production: boolean;
  /** Changed levels, by rule. A mandatory rule keeps its own. */
  levels: Record<string, Level | "off">;
  limits: Limits;
  /** Limits that hold for one rule, by its name. */
  limitsOf: Record<string, Partial<Limits>>;
  exceptions: Exception[];
  /** Rules that may mend what they find. */
  mend: string[];
  attestations: Partial<Record<keyof typeof attestations, Attestation>>;
  /** What drills have proved. */
  proofs: readonly Proof[];
  today: Date;
  /** What is wrong with the settings themselves: the key, and what is wanted. */
  problems: { key: string; wrong: string }[];
}

/**
 * The settings of a stack.
 *
 * @param config Pulumi's configuration: keys with their namespace, structured values as JSON.
 * @param stack the stack's name, which tells production where the settings don't.
 * @param proofsIn reads the file that `evidence` names; undefined for one that is none.
 */
export function settingsOf(
  config: Record<string, string> = {},
  stack = "",
  today: Date = new Date(),
  proofsIn: (path: string) => readonly Proof[] | undefined = () => [],
): Settings {
  const problems: Settings["problems"] = [];
  const wrong = (key: string, what: string) => problems.push({ key: `policies:${key}`, wrong: what });
  const given = (key: string): unknown => {
    const text = config[`policies:${key}`] ?? config[`policies:config:${key}`];
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
  for (const key of Object.keys(config)) {
    const name = /^policies:(?:config:)?(.+)$/.exec(key)?.[1];
    if (name !== undefined && !keys.includes(name))
      wrong(name, `is no setting; there are ${keys.join(", ")}`);
  }

  const environment = given("environment");
  if (environment !== undefined && environment !== "production" && environment !== "other")
    wrong("environment", 'must be "production" or "other"');

  const list = (key: string) => {
    const value = given(key);
    if (value !== undefined && !Array.isArray(value)) wrong(key, "must be a list");
    return Array.isArray(value) ? (value as unknown[]) : [];
  };
  const members = (key: string) => {
    const value = given(key);
    if (value !== undefined && !isObject(value)) wrong(key, "must be a map");
    return Object.entries(isObject(value) ? value : {});
  };

  const levels: Settings["levels"] = {};
  for (const [rule, level] of members("levels")) {
    if (level === "mandatory" || level === "advisory" || level === "off") levels[rule] = level;
    else wrong(`levels.${rule}`, 'must be "mandatory", "advisory" or "off"');
  }

  const own: Record<string, unknown> = {};
  for (const [name, value] of members("limits")) {
    const limit: Limit | undefined = Object.entries(limits).find(([each]) => each === name)?.[1];
    if (!limit) wrong(`limits.${name}`, `is no limit; there are ${Object.keys(limits).join(", ")}`);
    else if (limit.kind === "texts" && isTexts(value)) own[name] = value;
    else if (limit.kind === "number" && isWithin(value, limit)) own[name] = value;
    else
      wrong(
        `limits.${name}`,
        limit.kind === "texts"
          ? "must be a list of texts"
          : `must be a number from ${limit.least} to ${limit.most}`,
      );
  }
  const defaults = Object.entries(limits).map(([name, limit]) => [name, limit.default]);

  const exceptions = list("exceptions").flatMap((value, index) => {
    const exception = record(value, exceptionKeys, (what) => wrong(`exceptions[${index}]`, what));
    return exception ? [{ ...exception, expires: day(exception.expires) }] : [];
  });
  const mend = list("mend").flatMap((value, index) => {
    if (typeof value === "string") return [value];
    wrong(`mend[${index}]`, "must be the name of a rule");
    return [];
  });
  const attested: Settings["attestations"] = {};
  for (const [name, value] of members("attestations")) {
    const known = Object.keys(attestations).find((each) => each === name);
    const attestation = record(value, ["on", "by", "evidence"], (what) =>
      wrong(`attestations.${name}`, what),
    );
    if (!known)
      wrong(`attestations.${name}`, `can't be attested; there are ${Object.keys(attestations).join(", ")}`);
    else if (attestation) Object.assign(attested, { [known]: { ...attestation, on: day(attestation.on) } });
  }

  const evidence = given("evidence");
  if (evidence !== undefined && typeof evidence !== "string") wrong("evidence", "must be the path of a file");
  const proofs = typeof evidence === "string" ? proofsIn(evidence) : [];
  if (!proofs) wrong("evidence", "names a file that no drill has written");

  return {
    production: environment === undefined ? isProduction(stack) : environment === "production",
    levels,
    limits: { ...(Object.fromEntries(defaults) as Limits), ...own },
    limitsOf: {},
    exceptions,
    mend,
    attestations: attested,
    proofs: proofs ?? [],
    today,
    problems,
  };
}

const keys = ["environment", "levels", "limits", "exceptions", "mend", "attestations", "evidence"];
const exceptionKeys = ["rule", "resource", "reason", "owner", "expires"] as const;

/** Production by its name: `prod`, `production`, `live`, alone or beside other words. */
const isProduction = (stack: string) => /(?:^|[-_.])(?:prod|production|prd|live)(?:$|[-_.])/i.test(stack);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
const isWithin = (value: unknown, { least, most }: { least: number; most: number }) =>
  typeof value === "number" && value >= least && value <= most;

/** A date in YAML without quotes arrives with a time. */
const day = (text: string) => text.replace(/T00:00:00.*$/, "");

function record<K extends string>(
  value: unknown,
  wanted: readonly K[],
  wrong: (what: string) => void,
): Record<K, string> | undefined {
  const found = isObject(value) ? value : {};
  const missing = wanted.filter((key) => typeof found[key] !== "string" || !found[key]);
  const odd = Object.keys(found).filter((key) => !wanted.some((each) => each === key));
  if (missing.length > 0) wrong(`must have ${missing.join(", ")} as text`);
  if (odd.length > 0) wrong(`has ${odd.join(", ")}, which it does not take`);
  return missing.length + odd.length > 0 ? undefined : (found as Record<K, string>);
}

/** Days from one day to another; NaN for what is no day. */
export function daysBetween(from: Date, to: string): number {
  const end = /^\d{4}-\d\d-\d\d$/.test(to) ? Date.parse(`${to}T00:00:00Z`) : Number.NaN;
  const start = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate());
  return (end - start) / 86_400_000;
}
