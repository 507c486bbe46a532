/** From what a program gives to a resource's inputs: types made to fit, defaults filled in, rules checked. */
import { createHmac, randomBytes } from "node:crypto";
import { formatPath, type Path } from "./paths.ts";
import { isInput, type Properties, type Property, type Scalar } from "./schema.ts";
import { isArray, isObject, unknown, type Value, type Values } from "./values.ts";

/** Something wrong with an input, shown at that property. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** What the engine decides about automatic names; `seed` makes them the same in preview and update. */
export interface Naming {
  readonly resource: string;
  readonly seed: Uint8Array;
  readonly proposed?: string;
  readonly mode?: "propose" | "enforce" | "disable";
}

/** Where an object notes which of its properties are defaults: those follow a changed default, others don't. */
export const defaultsKey = "__defaults";
/** Properties that the engine or the official plugin keep for themselves start like this. */
export const isInternal = (name: string): boolean => name.startsWith("__");

/** How inputs are completed. */
export interface Completion {
  /** Without it nothing is named automatically. */
  readonly naming?: Naming;
  /** Defaults come into the plan only: the inputs stay as they were given. */
  readonly asGiven?: boolean;
}

/** The inputs of a resource, and what is wrong with them. */
export function checkInputs(
  properties: Properties,
  olds: Values,
  news: Values,
  completion: Completion = {},
): { readonly inputs: Values; readonly failures: Failure[] } {
  const failures: Failure[] = [];
  const inputs = checkObject(properties, olds, news, [], failures, completion);
  return { inputs, failures };
}

function checkObject(
  properties: Properties,
  olds: Values,
  news: Values,
  path: Path,
  failures: Failure[],
  completion: Completion,
): Values {
  const inputs: Record<string, Value> = {};
  const fail = (name: string, reason: string): void => {
    failures.push({ property: formatPath([...path, name]), reason });
  };
  for (const [name, given] of Object.entries(news)) {
    if (isInternal(name) || given === null) continue;
    const property = properties[name];
    if (!property || !isInput(property)) fail(name, "this property is not known");
    else inputs[name] = checkValue(property, olds[name], given, [...path, name], failures, completion);
  }
  const isTaken = (name: string): boolean =>
    Object.keys(inputs).some((other) => properties[other]?.conflicts?.includes(name));
  const defaulted: string[] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (name in inputs || !isInput(property) || property.deprecated || isTaken(name)) continue;
    if (property.conflicts?.some((other) => other in inputs)) continue;
    const value = completion.asGiven
      ? undefined
      : (keptDefault(name, olds) ?? freshDefault(name, property, completion.naming, fail));
    if (value !== undefined) {
      inputs[name] = value;
      defaulted.push(name);
    } else if (property.required) fail(name, "this property is required");
  }
  for (const name of Object.keys(inputs)) {
    const rival = properties[name]?.conflicts?.find((other) => other in news && other in inputs);
    if (rival) fail(name, `conflicts with ${rival}: give one of the two`);
  }
  return completion.asGiven ? inputs : { ...inputs, [defaultsKey]: defaulted.sort() };
}

/** A default that was chosen before stays. */
function keptDefault(name: string, olds: Values): Value | undefined {
  const kept = olds[defaultsKey];
  return isArray(kept) && kept.includes(name) ? olds[name] : undefined;
}

function freshDefault(
  name: string,
  property: Property,
  naming: Naming | undefined,
  fail: (name: string, reason: string) => void,
): Value | undefined {
  if (property.autoname !== undefined && naming) {
    const chosen = automaticName(naming, property.autoname);
    if (typeof chosen === "string") return chosen;
    fail(name, chosen.reason);
    return undefined;
  }
  const variable = property.env?.find((one) => process.env[one]);
  if (variable) return scalar(property.kind as Scalar, process.env[variable] ?? null);
  // Empty defaults stay out of the inputs, as in the official plugin (pulumi-terraform-bridge#2618): the plan adds them.
  return isEmpty(property.default) ? undefined : property.default;
}

/** Nothing, or a scalar or collection that stands for nothing. */
export function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  if (isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).every(isInternal);
}

function automaticName(naming: Naming, longest: number): string | { readonly reason: string } {
  if (naming.mode === "disable") return { reason: "automatic naming is disabled: give a name" };
  const digits = naming.seed.length
    ? createHmac("sha256", naming.seed).update(naming.resource).digest("hex")
    : randomBytes(4).toString("hex");
  const name = naming.proposed ?? `${naming.resource}-${digits.slice(0, 7)}`;
  if (name.length > longest && naming.mode !== "enforce") {
    return { reason: `the automatic name ${name} is longer than ${longest} characters: give a name` };
  }
  return name;
}

function checkValue(
  property: Property,
  old: Value | undefined,
  given: Value,
  path: Path,
  failures: Failure[],
  completion: Completion,
): Value {
  if (given === unknown) return given;
  const wrong = (reason: string): Value => {
    failures.push({ property: formatPath(path), reason });
    return given;
  };
  switch (property.kind) {
    case "list":
    case "set": {
      if (!isArray(given)) return wrong("must be a list");
      const before = isArray(old) ? old : [];
      return given.map((element, at) =>
        element === null
          ? null
          : checkValue(property.element, before[at], element, [...path, at], failures, completion),
      );
    }
    case "map": {
      if (!isObject(given)) return wrong("must be a map");
      const entries = Object.entries(given).filter(([name]) => !isInternal(name));
      return Object.fromEntries(
        entries.map(([name, value]) => [
          name,
          checkValue(property.element, undefined, value, [...path, name], failures, completion),
        ]),
      );
    }
    case "object":
      if (!isObject(given)) return wrong("must be an object");
      return checkObject(property.fields, isObject(old) ? old : {}, given, path, failures, {
        asGiven: completion.asGiven ?? false,
      });
    case "any":
      return given;
    default: {
      const value = scalar(property.kind, given);
      if (value === undefined) return wrong(`must be ${article[property.kind]}`);
      const reason = property.check?.(value);
      return reason ? wrong(reason) : value;
    }
  }
}

const article = {
  string: "a string",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
} as const;

/** `value` as its kind; undefined when it can't be one. Numbers in text and the like are taken, as Terraform takes them. */
export function scalar(kind: Scalar | "any", value: Value): Value | undefined {
  switch (kind) {
    case "any":
      return value;
    case "string":
      return typeof value === "string"
        ? value
        : isObject(value) || isArray(value)
          ? undefined
          : String(value);
    case "boolean":
      if (typeof value === "boolean") return value;
      return value === "true" || value === "1"
        ? true
        : value === "false" || value === "0"
          ? false
          : undefined;
    default: {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
      return kind === "integer" ? Math.trunc(number) : number;
    }
  }
}
