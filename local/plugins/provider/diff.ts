/** What changes between the state and the plan, property by property, and what of it forces a replacement. */
import { isEmpty, isInternal } from "./check.ts";
import { formatPath, type Path } from "./paths.ts";
import { equal } from "./plan.ts";
import { inside, type Properties, type Property } from "./schema.ts";
import { isArray, isObject, type Value, type Values } from "./values.ts";

export interface Change {
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** The changes by path; empty when there are none. What is only ever read changes as a consequence, and isn't listed. */
export function diff(properties: Properties, prior: Values, planned: Values): Map<string, Change> {
  const changes = new Map<string, Change>();
  for (const [name, property] of Object.entries(properties)) {
    if (!property.output)
      diffValue(property, prior[name], planned[name], [name], property.replaces ?? false, changes);
  }
  return changes;
}

function diffValue(
  property: Property | undefined,
  old: Value | undefined,
  now: Value | undefined,
  path: Path,
  replaces: boolean,
  changes: Map<string, Change>,
): void {
  if (equal(property, old, now)) return;
  const note = (kind: Change["kind"]): void => {
    changes.set(formatPath(path), {
      kind,
      replaces: replaces || replacesWithin(property, now) || replacesWithin(property, old),
    });
  };
  const deeper = (step: string | number, before: Value | undefined, after: Value | undefined): void => {
    const inner = property && inside(property, step);
    diffValue(inner, before, after, [...path, step], replaces || (inner?.replaces ?? false), changes);
  };
  if (isAbsent(old)) note("add");
  else if (isAbsent(now)) note("delete");
  else if (isArray(old) && isArray(now)) {
    const [before, after] = property?.kind === "set" ? aligned(property.element, old, now) : [old, now];
    for (let at = 0; at < Math.max(before.length, after.length); at++) deeper(at, before[at], after[at]);
  } else if (isObject(old) && isObject(now)) {
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (!isInternal(name)) deeper(name, old[name], now[name]);
    }
  } else note("update");
}

const isAbsent = (value: Value | undefined): boolean =>
  value === undefined || value === null || (typeof value === "object" && isEmpty(value));

/** A block that comes or goes replaces when something in it does. */
function replacesWithin(property: Property | undefined, value: Value | undefined): boolean {
  if (!property || value === undefined || value === null || isEmpty(value)) return false;
  if (property.replaces) return true;
  if (isArray(value) && "element" in property)
    return value.some((element) => replacesWithin(property.element, element));
  if (isObject(value) && property.kind === "object") {
    return Object.entries(property.fields).some(([name, field]) => replacesWithin(field, value[name]));
  }
  return false;
}

/** Elements of a set moved so that what both have stands at the same place: the new order, then what only the old has. */
function aligned(
  element: Property,
  old: readonly Value[],
  now: readonly Value[],
): [before: (Value | undefined)[], after: readonly Value[]] {
  const left = [...old];
  const before: (Value | undefined)[] = now.map((one) => {
    const at = left.findIndex((other) => equal(element, other, one));
    return at >= 0 ? left.splice(at, 1)[0] : undefined;
  });
  // What remains of the old pairs up with what is new, so that a changed element reads as one change.
  const paired = before.map((one, at) =>
    one === undefined && !equal(element, now[at], undefined) ? left.shift() : one,
  );
  return [[...paired, ...left], now];
}
