import type { EnforcementLevel, Severity } from "@pulumi/policy";
import type { Limits, Settings } from "./configuration.ts";
import type { Input } from "./input.ts";
import type { Resource, Stack } from "./resources.ts";

/** What a rule is about. The headings of docs/policies.md. */
export const groups = [
  "TLS",
  "private networking",
  "backups and recovery",
  "secrets",
  "access",
  "observability",
  "deletion safety",
  "versions",
  "cost",
  "hygiene",
] as const;
export type Group = (typeof groups)[number];

/** `mandatory` stops the deployment; `advisory` tells. */
export type Level = Extract<EnforcementLevel, "mandatory" | "advisory">;

interface About {
  /** Lower case, words joined by `-`, the kind of resource first. Exceptions and settings name the rule by it: never change it. */
  name: string;
  /** One sentence that says what holds where the rule is kept. */
  description: string;
  group: Group;
  severity: Severity;
  level: Level;
  /** Ids of published rules that it answers (catalog/outside.ts). */
  references?: readonly string[];
  /** Where the reason can be read. */
  url: string;
  /** What to do about a violation: an order, one sentence. */
  fix: string;
  /** Rules for `production` ask for redundancy and watching that other stacks can do without. @default every stack */
  only?: "production";
  /** The limits that it asks for, which can be set for it alone as well. @default none */
  limits?: readonly (keyof Limits)[];
  /** Tokens of the resource types that it judges. Empty: every type. */
  types: readonly string[];
}

/**
 * Tells a violation.
 *
 * @param at the property, or its name when it is missing. Empty when no single one is wrong.
 * @param wrong what is wrong, without the value of anything: see `shown` in text.ts.
 * @param fix what to do, where the rule's own `fix` says too little.
 */
export type Report = (at: Input | string, wrong: string, fix?: string) => void;

/** Judges one resource by its inputs: in a preview, and again before the resource is made or changed. */
export interface ResourceRule extends About {
  check: (resource: Resource, report: Report, settings: Settings) => void;
  /** Changes a resource's inputs in place so that `check` is content. Used only where the settings ask for it. */
  mend?: (inputs: Record<string, unknown>, settings: Settings) => void;
}

/** Judges one resource by the company it keeps: at the end of a preview, and after an update. */
export interface StackRule extends About {
  checkInStack: (resource: Resource, report: Report, settings: Settings, stack: Stack) => void;
}

export type Rule = ResourceRule | StackRule;

/** Names of the policies that judge the settings rather than a resource. */
export const housekeeping = {
  settings: "settings-valid",
  exceptions: "exceptions-valid",
  listing: "exceptions-listed",
} as const;
