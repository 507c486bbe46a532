import { z } from "zod";

/** What the environment of a stack decides when a setting is left out. */
export interface Defaults {
  environment: Environment;
  profile: Profile;
}
export const environments = ["local", "staging", "prod"] as const;
export type Environment = (typeof environments)[number];
export const profiles = ["lean", "ha"] as const;
export type Profile = (typeof profiles)[number];

/** What a change of a setting does to what runs. */
export type Effect = "in place" | "restarts" | "replaces";

/** The values, as given, of the object that a setting is part of. */
export type Neighbours = Readonly<Record<string, unknown>>;

/** What is known of a setting beside its type. */
export interface Field {
  description: string;
  /** A value, or how environment, profile and its neighbours decide it. Without one the setting is required, or optional. */
  default?: unknown | ((context: Defaults, neighbours: Neighbours) => unknown);
  /** @default "in place" */
  effect?: Effect;
  /** The value must be a Pulumi secret, and is never shown. */
  secret?: boolean;
  /** What is allowed, when the type alone can't say it. */
  allowed?: string;
}

const fields = z.registry<Field>();

/** Attaches to a schema what the walker, the JSON schema and the table of settings need to know of it. */
export function field<S extends z.ZodType>(schema: S, about: Field): S {
  fields.add(schema, about);
  return schema;
}

/** What is known of a setting. */
export function fieldOf(schema: z.core.$ZodType): Field | undefined {
  return fields.get(schema as z.ZodType);
}

/** The value that stands for a setting that was left out; undefined when there is none. */
export function defaultOf(schema: z.core.$ZodType, context: Defaults, neighbours: Neighbours = {}): unknown {
  const value = fieldOf(schema)?.default;
  return typeof value === "function" ? value(context, neighbours) : value;
}

/** A schema without the wrapping of `.optional()`. */
export function inner(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ? inner(schema.unwrap()) : schema;
}
