/** The steps of a resource's life that gRPC needs: what is planned, what changes, what is kept. */
import { defaultsKey } from "./check.ts";
import { type Change, diff } from "./diff.ts";
import { isWithin, parsePath } from "./paths.ts";
import { plan } from "./plan.ts";
import type { Existing, Resource } from "./resource.ts";
import type { Properties, Property } from "./schema.ts";
import { inOrderOf, secretsOf, tidyState } from "./state.ts";
import {
  type Bag,
  hasUnknowns,
  inherited,
  isArray,
  isObject,
  unite,
  unknown,
  type Value,
  type Values,
} from "./values.ts";

type Table = Pick<Resource<never>, "properties" | "plan" | "replacesWhen" | "deleteBeforeReplace">;

/** What the resource is going to be. */
export function planned(
  table: Table,
  prior: Values | undefined,
  inputs: Values,
  ignored: readonly string[] = [],
): Values {
  const state = plan(table.properties, prior, inputs, ignored);
  return table.plan?.(state, prior) ?? state;
}

/** What an update changes, by path. */
export function changesOf(
  table: Table & { readonly update?: unknown },
  prior: Values,
  inputs: Values,
  ignored: readonly string[],
): Map<string, Change> {
  const state = planned(table, prior, inputs, ignored);
  const changes = diff(table.properties, prior, state);
  const replacing = table.replacesWhen?.(prior, state) ?? [];
  const patterns = ignored.map(parsePath);
  for (const [text, change] of changes) {
    const path = parsePath(text);
    if (patterns.some((pattern) => isWithin(path, pattern))) changes.delete(text);
    else if (!table.update || replacing.includes(String(path[0])))
      changes.set(text, { ...change, replaces: true });
  }
  return changes;
}

/** Whether the old object must go first: its successor would bear the same name, which the program has fixed. */
export function deletesFirst(table: Table, inputs: Values): boolean {
  if (table.deleteBeforeReplace) return true;
  const defaulted = inputs[defaultsKey];
  return Object.entries(table.properties).some(
    ([name, { autoname }]) =>
      autoname !== undefined && name in inputs && isArray(defaulted) && !defaulted.includes(name),
  );
}

/** The outputs after an operation: what the platform says, over what was planned where it says nothing. */
export function outputsOf(table: Table, plan: Values, { id, state }: Existing, inputs: Bag): Bag {
  const values = tidyState(
    table.properties,
    ordered(table.properties, plan, { ...applied(table.properties, plan, state), id }),
  );
  return { values, secrets: secretsIn(table, values, inputs) };
}

/**
 * What Terraform's SDK makes of a plan and of what was read after it: a set whose plan was wholly known stays as planned
 * (app variables keep the plain text of a secret that the platform reads back encrypted), and so does what wasn't read.
 */
function applied(properties: Properties, plan: Values, read: Values): Values {
  const names = new Set([...Object.keys(plan), ...Object.keys(read)]);
  return settled(
    Object.fromEntries(
      [...names].map((name) => [name, appliedValue(properties[name], plan[name], read[name])]),
    ),
  );
}

function appliedValue(
  property: Property | undefined,
  planned: Value | undefined,
  read: Value | undefined,
): Value {
  if (read === undefined || read === null || planned === undefined) return planned ?? read ?? null;
  if (property?.kind === "set" && !hasUnknowns(planned)) return planned;
  if (isArray(planned) && isArray(read) && property?.kind === "list" && planned.length === read.length) {
    return read.map((one, at) => appliedValue(property.element, planned[at], one));
  }
  if (isObject(planned) && isObject(read) && property?.kind === "object")
    return applied(property.fields, planned, read);
  return read;
}

/** What of `values` is secret: by the table, or because an input of that name is. */
export function secretsIn(
  { properties }: Pick<Table, "properties">,
  values: Values,
  from: Bag,
): Bag["secrets"] {
  return unite(secretsOf(properties, values), inherited(values, from.secrets, from.values));
}

/** `values` without what isn't known. */
export function settled(values: Values): Values {
  const known = Object.entries(values).filter(([, value]) => value !== unknown);
  return Object.fromEntries(known.map(([name, value]) => [name, settledValue(value)]));
}

function settledValue(value: Value): Value {
  if (isArray(value)) return value.filter((element) => element !== unknown).map(settledValue);
  return isObject(value) ? settled(value) : value;
}

/** Sets come back from the platform in any order: they keep the one that `like` has. */
export function ordered(properties: Properties, like: Values, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const property = properties[name];
      return [name, property ? orderedValue(property, like[name], value) : value];
    }),
  );
}

function orderedValue(property: Property, like: Value | undefined, value: Value): Value {
  if (isArray(value) && isArray(like) && "element" in property) {
    const elements = property.kind === "set" ? inOrderOf(property.element, like, value) : value;
    return elements.map((element, at) => orderedValue(property.element, like[at], element));
  }
  if (isObject(value) && isObject(like) && property.kind === "object")
    return ordered(property.fields, like, value);
  return value;
}
