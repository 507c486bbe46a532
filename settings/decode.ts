import { z } from "zod";
import { schema } from "../settings.ts";
import { inner } from "./schema-kit.ts";

/** How settings stand in configuration and stack files. Knows nothing of Pulumi's SDK, so that commands need not load it. */

/** Configuration arrives as text: structured values as JSON, and text as it is. */
export function decode(key: string, text: string): unknown {
  const field = Object.entries(schema.shape).find(([known]) => known === key)?.[1];
  const type = field && inner(field);
  if (type instanceof z.ZodString || type instanceof z.ZodEnum || type instanceof z.ZodPipe) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Paths of the variables of `breakwater:secretEnv` that a stack file has in clear. */
export function clearSecretEnv(file: unknown): string[] {
  const found = z.looseObject({
    config: z.looseObject({ "breakwater:secretEnv": z.record(z.string(), z.unknown()) }),
  });
  const { data } = found.safeParse(file);
  const variables = Object.entries(data?.config["breakwater:secretEnv"] ?? {});
  // `secure` alone is the whole key, encrypted at once.
  if (variables.length === 1 && variables[0]?.[0] === "secure") return [];
  const encrypted = z.strictObject({ secure: z.string() });
  return variables
    .filter(([, value]) => !encrypted.safeParse(value).success)
    .map(([name]) => `breakwater:secretEnv.${name}`);
}
