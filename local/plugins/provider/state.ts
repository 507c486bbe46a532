/** What follows from a state: the inputs that an import writes down, those that a refresh corrects, and what is secret. */
import { defaultsKey, isEmpty, isInternal } from "./check.ts";
import { equal } from "./plan.ts";
import { inside, isInput, type Properties, type Property } from "./schema.ts";
import { isArray, isObject, type Secrets, tidy, unknown, type Value, type Values } from "./values.ts";

/** The state as the engine keeps it: nothing undefined, nothing that the table doesn't know. */
export function tidyState(properties: Properties, state: Values): Values {
  return Object.fromEntries(
    Object.entries(state).filter(
      ([name, value]) => (name in properties || name === "id") && value !== undefined,
    ),
  );
}

/** The inputs of something that Pulumi hasn't made: what differs from the defaults, and what must be given. */
export function inputsOfState(properties: Properties, state: Values): Values {
  const inputs: Record<string, Value> = {};
  for (const [name, value] of Object.entries(state)) {
    const property = properties[name];
    if (!property || !isInput(property)) continue;
    const input = inputOfValue(property, value);
    if (!property.required && isDefault(property, input)) continue;
    inputs[name] = input;
  }
  return { ...inputs, [defaultsKey]: [] };
}

function inputOfValue(property: Property, value: Value): Value {
  if (isArray(value) && "element" in property) {
    return value.map((element) => inputOfValue(property.element, element));
  }
  if (isObject(value) && property.kind === "object") return inputsOfState(property.fields, value);
  return value;
}

const isDefault = (property: Property, value: Value): boolean =>
  property.default === undefined ? isEmpty(value) : value === property.default;

/** The inputs after a refresh: those that were given before, with the values that the platform has now. */
export function refreshedInputs(properties: Properties, inputs: Values, state: Values): Values {
  const refreshed: Record<string, Value> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const value = state[name];
    if (isInternal(name) || value === undefined || value === null) continue;
    refreshed[name] = refreshedInput(properties[name], input, value);
  }
  return { ...refreshed, ...keptDefaults(inputs, refreshed) };
}

/** The defaults that the platform still has: a name that was chosen for the program stays the chosen one. */
function keptDefaults(inputs: Values, refreshed: Values): Values {
  const names = inputs[defaultsKey];
  if (!isArray(names)) return {};
  return {
    [defaultsKey]: names.filter((name) => equal(undefined, inputs[String(name)], refreshed[String(name)])),
  };
}

function refreshedInput(property: Property | undefined, input: Value, value: Value): Value {
  if (isArray(input) && isArray(value)) {
    const element = property && "element" in property ? property.element : undefined;
    const current = property?.kind === "set" ? inOrderOf(element, input, value) : value;
    return current.map((one, at) => {
      const before = input[at];
      return before === undefined ? inputOf(element, one) : refreshedInput(element, before, one);
    });
  }
  if (!isObject(input) || !isObject(value)) return value;
  const fields = Object.entries(input).filter(([name]) => !isInternal(name) && value[name] !== undefined);
  const refreshed: Values = Object.fromEntries(
    fields.map(([name, field]): [string, Value] => {
      const inner = property && inside(property, name);
      return [name, refreshedInput(inner, field, value[name] ?? null)];
    }),
  );
  return { ...refreshed, ...keptDefaults(input, refreshed) };
}

const inputOf = (property: Property | undefined, value: Value): Value =>
  property ? inputOfValue(property, value) : value;

/** A set's elements in the order in which the program gave them; what it doesn't know comes last. */
export function inOrderOf(
  element: Property | undefined,
  order: readonly Value[],
  values: readonly Value[],
): readonly Value[] {
  const left = [...values];
  const found: (Value | undefined)[] = [];
  const take = (at: number, fits: (value: Value) => boolean): void => {
    const place = left.findIndex(fits);
    if (found[at] === undefined && place >= 0) found[at] = left.splice(place, 1)[0];
  };
  order.forEach((one, at) => {
    take(at, (value) => equal(element, one, value));
  });
  // Of what the platform completed, those that say most find theirs first: `{}` would take any.
  const said = (at: number): number => (isObject(order[at]) ? Object.keys(order[at]).length : 0);
  for (const at of [...order.keys()].sort((one, other) => said(other) - said(one))) {
    take(at, (value) => covers(element, order[at] ?? null, value));
  }
  return [...found.filter((value) => value !== undefined), ...left];
}

/** Whether `value` is what `input` asked for, leaving aside what the platform added. */
function covers(property: Property | undefined, input: Value, value: Value): boolean {
  if (input === unknown) return true;
  if (!isObject(input) || !isObject(value)) return equal(property, input, value);
  return Object.entries(input).every(([name, part]) => {
    const inner = property && inside(property, name);
    return isInternal(name) || equal(inner, part, value[name]);
  });
}

/** What the table says is secret. */
export function secretsOf(properties: Properties, values: Values): Secrets {
  return tidy(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const property = properties[name];
        return [name, property !== undefined && secretsOfValue(property, value)];
      }),
    ),
  );
}

function secretsOfValue(property: Property, value: Value): Secrets {
  if (property.secret) return true;
  if (isArray(value) && "element" in property) {
    return tidy(
      Object.fromEntries(value.map((element, at) => [at, secretsOfValue(property.element, element)])),
    );
  }
  if (!isObject(value)) return false;
  if (property.kind === "object") return secretsOf(property.fields, value);
  if (!("element" in property)) return false;
  return tidy(
    Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, secretsOfValue(property.element, one)]),
    ),
  );
}
