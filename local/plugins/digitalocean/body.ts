/** API bodies to and from properties, by the tables. */
import { isEmpty, isInternal, scalar } from "../provider/check.ts";
import { apiName, type Facts, type Properties, type Property } from "../provider/schema.ts";
import { isArray, isObject, unknown, type Value, type Values } from "../provider/values.ts";
import { asBody, type Body } from "./api.ts";

/**
 * What is sent: the inputs under their API names. With `prior` also what the program has taken away, as its empty value:
 * a field that a body leaves out would keep its old one. `omitEmpty` leaves out what is empty, at any depth.
 */
export function toBody(
  properties: Properties,
  values: Values,
  { prior = {}, omitEmpty = false }: { readonly prior?: Values; readonly omitEmpty?: boolean } = {},
): Body {
  const body: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const field = apiName(name, property);
    if (!field || property.output) continue;
    const value = values[name];
    if (value === undefined || value === null) {
      if (!isEmpty(prior[name])) body[field] = absent(property);
    } else if (value !== unknown && !(omitEmpty && isEmpty(value))) {
      body[field] = toField(property, value, omitEmpty);
    }
  }
  return body;
}

export function toField(property: Property, value: Value, omitEmpty = false): unknown {
  if (property.write) return property.write(value, omitEmpty);
  if (isArray(value) && "element" in property)
    return value.map((element) => toField(property.element, element, omitEmpty));
  if (!isObject(value)) return value;
  if (property.kind === "object") return toBody(property.fields, value, { omitEmpty });
  return Object.fromEntries(Object.entries(value).filter(([name]) => !isInternal(name)));
}

/** What the API means by leaving a field out: the Go client behind the official plugin reads it as its zero value. */
function absent(property: Property): Value {
  const zeros = {
    string: "",
    integer: 0,
    number: 0,
    boolean: false,
    list: [],
    set: [],
    map: {},
    object: null,
    any: null,
  };
  return zeros[property.kind];
}

/** What was read: every property that bodies carry; a field that this one leaves out is empty. */
export function fromBody(properties: Properties, body: Body): Values {
  const values: Record<string, Value> = {};
  for (const [name, property] of Object.entries(properties)) {
    const field = apiName(name, property);
    if (field && !property.writeOnly) values[name] = fromField(property, body[field]);
  }
  return values;
}

export function fromField(property: Property, raw: unknown): Value {
  if (property.read) return property.read(raw);
  if (raw === undefined || raw === null) return absent(property);
  switch (property.kind) {
    case "list":
    case "set":
      return Array.isArray(raw) ? raw.map((element) => fromField(property.element, element)) : null;
    case "map": {
      const { element } = property;
      return Object.fromEntries(
        Object.entries(asBody(raw)).map(([name, value]) => [name, fromField(element, value)]),
      );
    }
    case "object":
      return fromBody(property.fields, asBody(raw));
    default:
      return typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean"
        ? (scalar(property.kind, raw) ?? null)
        : null;
  }
}

/** A list in the program of what the API has one of. */
export const oneInList = (element: Property, facts: Facts = {}): Property => ({
  kind: "list",
  element,
  ...facts,
  read: (raw) => (raw === undefined || raw === null ? [] : [fromField(element, raw)]),
  write: (value, omitEmpty) =>
    isArray(value) && value[0] !== undefined ? toField(element, value[0], omitEmpty) : null,
});

/** One in the program of what the API has a list of. */
export const listOfOne = (fields: Properties, facts: Facts = {}): Property => {
  const one: Property = { kind: "object", fields };
  return {
    ...one,
    ...facts,
    read: (raw) => (Array.isArray(raw) && raw.length > 0 ? fromField(one, raw[0]) : null),
    write: (value, omitEmpty) => [toField(one, value, omitEmpty)],
  };
};

/** A time as the official plugin shows most of them: Go's `2026-11-24 08:34:00 +0000 UTC`. */
export function goTime(raw: unknown): Value {
  const time = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(String(raw));
  if (!time) return typeof raw === "string" ? raw : null;
  const fraction = (time[3] ?? "").replace(/\.?0+$/, "");
  return `${time[1]} ${time[2]}${fraction} +0000 UTC`;
}
