import { z } from "zod";
import { type Problem, shown } from "./problem.ts";
import { type Defaults, defaultOf, fieldOf, inner, type Neighbours } from "./schema-kit.ts";

/** What the walk carries from a setting to those inside it. */
interface Place {
  context: Defaults;
  problems: Problem[];
  path: string;
  /** Keys of the stack file that hold a secret: nothing under them is shown. */
  secretKeys: ReadonlySet<string>;
  /** Paths that stand in clear although their key holds secrets. */
  clearPaths: ReadonlySet<string>;
}

/**
 * Fills in what was left out and checks each setting on its own, so that one bad setting hides no other.
 *
 * @param allowed what the value may be, in words.
 * @returns the value, without the settings that have a problem.
 */
export function walk(
  schema: z.core.$ZodType,
  given: unknown,
  place: Place,
  neighbours: Neighbours = {},
  allowed = allowedBy(schema),
): unknown {
  const type = inner(schema);
  // YAML writes a key without a value as null.
  const value = given ?? defaultOf(schema, place.context, neighbours);
  if (type instanceof z.ZodObject && (value !== undefined || schema === type))
    return walkObject(type, value ?? {}, place);
  if (value === undefined) {
    if (schema === type) complain(place, undefined, `is required: ${allowed}`);
    return undefined;
  }
  if (type instanceof z.ZodArray) return walkArray(schema, type, value, place);
  if (type instanceof z.ZodRecord) return walkRecord(schema, type, value, place);
  if (fieldOf(schema)?.secret && isClear(place)) return complainOfClearSecret(place);
  const result = z.safeParse(type, value);
  if (result.success) return result.data;
  complain(place, value, allowed);
  return undefined;
}

function walkObject(type: z.ZodObject, value: unknown, place: Place): unknown {
  const keys = Object.keys(type.shape);
  if (!isObject(value)) return complain(place, value, `must have settings inside it: ${keys.join(", ")}`);
  for (const key of Object.keys(value))
    if (!keys.includes(key))
      complain(inside(place, key), value[key], `is not a setting; there are: ${keys.join(", ")}`);
  return compact(
    keys.map((key) => [key, walk(type.shape[key] as z.ZodType, value[key], inside(place, key), value)]),
  );
}

function walkArray(schema: z.core.$ZodType, type: z.ZodArray, value: unknown, place: Place): unknown {
  if (!Array.isArray(value)) return complain(place, value, "must be a list");
  // What a list says of its entries holds for each that says nothing of itself.
  const allowed = fieldOf(type.element)?.allowed ?? fieldOf(schema)?.allowed;
  return value.map((item, index) =>
    walk(type.element, item, { ...place, path: `${place.path}[${index}]` }, {}, allowed),
  );
}

function walkRecord(schema: z.core.$ZodType, type: z.ZodRecord, value: unknown, place: Place): unknown {
  if (!isObject(value)) return complain(place, value, "must be names with values");
  return compact(
    Object.entries(value).map(([key, item]) => {
      const there = inside(place, key);
      if (!z.safeParse(type.keyType, key).success)
        return [key, complain(there, undefined, allowedBy(schema))];
      return [key, walk(type.valueType, item, there)];
    }),
  );
}

function inside(place: Place, key: string): Place {
  return { ...place, path: place.path.endsWith(":") ? `${place.path}${key}` : `${place.path}.${key}` };
}

/** `secretEnv` of `breakwater:secretEnv.TOKEN`. */
function keyOf({ path }: Place): string {
  return /^breakwater:(\w*)/.exec(path)?.[1] ?? "";
}

function complain(place: Place, value: unknown, allowed: string): undefined {
  const hidden = value !== undefined && place.secretKeys.has(keyOf(place));
  place.problems.push({ path: place.path, found: hidden ? "[secret]" : shown(value), allowed });
}

function isClear(place: Place): boolean {
  return !place.secretKeys.has(keyOf(place)) || place.clearPaths.has(place.path);
}

function complainOfClearSecret({ problems, path }: Place): undefined {
  const how = path.includes(".") ? `--path '${path}'` : path;
  problems.push({
    path,
    found: "[in clear]",
    allowed: `must be a secret: pulumi config set --secret ${how}`,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compact(entries: (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What a setting may be, in words. */
export function allowedBy(schema: z.core.$ZodType): string {
  const about = fieldOf(schema);
  if (about?.allowed) return about.allowed;
  const type = inner(schema);
  if (type instanceof z.ZodEnum) return `must be one of ${type.options.join(", ")}`;
  if (type instanceof z.ZodBoolean) return "must be true or false";
  if (type instanceof z.ZodNumber) return `must be a whole number from ${type.minValue} to ${type.maxValue}`;
  if (type instanceof z.ZodArray) return "must be a list";
  if (type instanceof z.ZodString) {
    const { minLength, maxLength } = type;
    if (maxLength !== null) return `must be text of ${minLength ?? 0} to ${maxLength} characters`;
    return minLength ? "must be text, and not empty" : "must be text";
  }
  return "must be text, and not empty";
}
