/**
 * The tables that describe resources: for each property its shape and its facts. Check, plan, diff, import, refresh and the
 * API's bodies all follow from them, so that a resource is one table plus what its API does differently.
 */
import type { Value, Values } from "./values.ts";

/** What is known of a property beside its shape. Source of each table: the Terraform provider that the official plugin wraps. */
export interface Facts {
  /** It must be given. */
  readonly required?: boolean;
  /** The platform fills it in when it isn't given; once known it stays. */
  readonly computed?: boolean;
  /** Never given, always read. */
  readonly output?: boolean;
  /** The value when none is given. */
  readonly default?: Value;
  /** Environment variables that give the default, the first that is set wins over `default`. */
  readonly env?: readonly string[];
  /** Encrypted in the state and masked wherever the engine shows it. */
  readonly secret?: boolean;
  /** A change can't be made in place. */
  readonly replaces?: boolean;
  /** Sent but never read back: the state keeps what was sent. */
  readonly writeOnly?: boolean;
  /** Whether old and new mean the same although they differ in text; the old one is then kept. */
  readonly same?: (old: Value, now: Value, inputs: Values) => boolean;
  /** What is wrong with a known value, as the rest of a sentence: "must be one of ..."; undefined when nothing. */
  readonly check?: (value: Value) => string | undefined;
  /** Its name in the API when that isn't the name in snake_case; false when bodies don't carry it. */
  readonly api?: string | false;
  /** Turns the API's form of it into the property's, where they differ. */
  readonly read?: (raw: unknown) => Value;
  /** The reverse of `read`. */
  readonly write?: (value: Value, omitEmpty: boolean) => unknown;
  /** It replaces these properties of the same object: giving both is an error. */
  readonly conflicts?: readonly string[];
  /** Kept for old programs: never defaulted. */
  readonly deprecated?: boolean;
  /** Named after the resource when not given, with random digits behind a dash; the longest name allowed. */
  readonly autoname?: number;
}

export type Scalar = "string" | "integer" | "number" | "boolean";
export type Properties = Readonly<Record<string, Property>>;
export type Property = Facts &
  (
    | { readonly kind: Scalar | "any" }
    | { readonly kind: "list" | "set" | "map"; readonly element: Property }
    | { readonly kind: "object"; readonly fields: Properties }
  );

export const string = (facts: Facts = {}): Property => ({ kind: "string", ...facts });
export const integer = (facts: Facts = {}): Property => ({ kind: "integer", ...facts });
export const number = (facts: Facts = {}): Property => ({ kind: "number", ...facts });
export const boolean = (facts: Facts = {}): Property => ({ kind: "boolean", ...facts });
/** Of any shape. */
export const any = (facts: Facts = {}): Property => ({ kind: "any", ...facts });
/** In order, an element may repeat. */
export const list = (element: Property, facts: Facts = {}): Property => ({ kind: "list", element, ...facts });
/** Without order: a program's order is kept, but another order is no change. */
export const set = (element: Property, facts: Facts = {}): Property => ({ kind: "set", element, ...facts });
export const map = (element: Property, facts: Facts = {}): Property => ({ kind: "map", element, ...facts });
export const object = (fields: Properties, facts: Facts = {}): Property => ({
  kind: "object",
  fields,
  ...facts,
});

/** Whether a program may give it. */
export const isInput = (property: Property): boolean => !property.output;

/** The shape of what lies inside a property at `key`; undefined for scalars and unknown keys. */
export function inside(property: Property, key: string | number): Property | undefined {
  if (property.kind === "object") return typeof key === "string" ? property.fields[key] : undefined;
  return "element" in property ? property.element : undefined;
}

/** camelCase to the API's snake_case. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The property's name in API bodies; undefined when they don't carry it. */
export function apiName(name: string, property: Property): string | undefined {
  return property.api === false ? undefined : (property.api ?? snakeCase(name));
}

/** Ready-made checks. */
export const oneOf =
  (...allowed: readonly (string | number)[]) =>
  (value: Value): string | undefined =>
    allowed.some((one) => one === value) ? undefined : `must be one of ${allowed.join(", ")}`;

export const between =
  (least: number, most: number) =>
  (value: Value): string | undefined =>
    typeof value === "number" && (value < least || value > most)
      ? `must lie between ${least} and ${most}`
      : undefined;

export const lengthBetween =
  (least: number, most: number) =>
  (value: Value): string | undefined =>
    typeof value === "string" && (value.length < least || value.length > most)
      ? `must have ${least} to ${most} characters`
      : undefined;

export const notEmpty = (value: Value): string | undefined =>
  value === "" ? "must not be empty" : undefined;

export const matches =
  (pattern: RegExp, meaning: string) =>
  (value: Value): string | undefined =>
    typeof value === "string" && !pattern.test(value) ? meaning : undefined;

export function isCidr(value: Value): string | undefined {
  const [, address = "", bits = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(String(value)) ?? [];
  const octets = address.split(".");
  const isRange =
    octets.length === 4 && octets.every((octet) => octet !== "" && Number(octet) < 256) && Number(bits) <= 32;
  return isRange && bits !== "" ? undefined : "must be a range such as 10.10.0.0/20";
}
