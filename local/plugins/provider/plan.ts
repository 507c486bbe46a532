/** What a resource is going to be: its inputs, completed with what stays of its state and what isn't known yet. */
import { defaultsKey, isEmpty, isInternal } from "./check.ts";
import { parsePath, withPart } from "./paths.ts";
import type { Properties, Property } from "./schema.ts";
import { isArray, isObject, unknown, type Value, type Values } from "./values.ts";

/**
 * The planned state. `prior` is the state before, undefined at a create: what the platform fills in is unknown then.
 * `ignored` are the paths of ignoreChanges: they keep their prior value.
 */
export function plan(
  properties: Properties,
  prior: Values | undefined,
  inputs: Values,
  ignored: readonly string[] = [],
): Values {
  const planned = planObject(properties, prior, inputs, inputs);
  if (!prior) return planned;
  return ignored.map(parsePath).reduce((state, path) => withPart(state, prior, path), planned);
}

function planObject(properties: Properties, prior: Values | undefined, inputs: Values, root: Values): Values {
  const planned: Record<string, Value> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = planValue(property, prior && (prior[name] ?? null), inputs[name], root);
    if (value !== undefined && value !== null) planned[name] = value;
  }
  return planned;
}

/** `old` is undefined where there was no object before, null where it lacked the property. */
function planValue(
  property: Property,
  old: Value | undefined,
  given: Value | undefined,
  root: Values,
): Value | undefined {
  if (property.output || given === undefined || given === null) {
    if (property.output || property.computed) return old === undefined ? unknown : (old ?? undefined);
    return property.default;
  }
  if (given === unknown) return unknown;
  if (isArray(given) && "element" in property) {
    const { element } = property;
    const before = isArray(old) ? old : [];
    if (property.kind === "set") return planSet(property, before, given, root);
    return given.map((one, at) => planValue(element, before[at], one, root) ?? null);
  }
  if (isObject(given)) {
    const before = isObject(old) ? old : undefined;
    if (property.kind === "object") return planObject(property.fields, before, given, root);
    return Object.fromEntries(Object.entries(given).filter(([name]) => name !== defaultsKey));
  }
  if (old !== undefined && old !== null && property.same?.(old, given, root)) return old;
  return given;
}

/** Each new element that an old one already fulfils stays that old one, wherever it stood; the same ones pair up first. */
function planSet(
  property: Property & { element: Property },
  old: readonly Value[],
  given: readonly Value[],
  root: Values,
): Value[] {
  const { element } = property;
  const free = [...old];
  const take = (fulfils: (before: Value) => boolean): Value | undefined => {
    const at = free.findIndex(fulfils);
    return at < 0 ? undefined : free.splice(at, 1)[0];
  };
  const same = given.map((one) => take((before) => equal(element, before, one)));
  return given.map(
    (one, at) =>
      same[at] ??
      take((before) => equal(element, before, planValue(element, before, one, root))) ??
      planValue(element, undefined, one, root) ??
      null,
  );
}

/** Whether two values of a property mean the same: nothing and empty are one, and a set has no order. */
export function equal(
  property: Property | undefined,
  one: Value | undefined,
  other: Value | undefined,
): boolean {
  if (one === unknown || other === unknown) return false;
  if (isEmpty(one) && isEmpty(other)) return true;
  if (isArray(one) && isArray(other)) {
    const element = property && "element" in property ? property.element : undefined;
    if (one.length !== other.length) return false;
    if (property?.kind !== "set") return one.every((part, at) => equal(element, part, other[at]));
    const free = [...other];
    return one.every((part) => {
      const at = free.findIndex((candidate) => equal(element, part, candidate));
      if (at >= 0) free.splice(at, 1);
      return at >= 0;
    });
  }
  if (isObject(one) && isObject(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].every((name) => {
      if (isInternal(name)) return true;
      const inner =
        property?.kind === "object"
          ? property.fields[name]
          : property && "element" in property
            ? property.element
            : undefined;
      return equal(inner, one[name], other[name]);
    });
  }
  return one === other;
}
