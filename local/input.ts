import * as z from "zod";
import { type ApiError, unprocessable } from "./errors.ts";

/** The body of a request as `schema` reads it; unknown fields are dropped, as the platform does. */
export function parse<S extends z.ZodType>(
  schema: S,
  body: unknown,
  refuse: (message: string) => ApiError = unprocessable,
): z.output<S> {
  const result = schema.safeParse(body ?? {}, { reportInput: true });
  if (result.success) return result.data;
  throw refuse(result.error.issues.map(describe).join("; "));
}

function describe(issue: z.core.$ZodIssue): string {
  const field = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
  if (field === "") return issue.message;
  if (issue.input === undefined && issue.code !== "custom") return `${field} is required`;
  return `${field}: ${issue.message}`;
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An optional reference to another object: clients send "" for none. */
export const reference = z
  .string()
  .regex(UUID, "must be a UUID")
  .or(z.literal(""))
  .nullish()
  .transform((id) => id || undefined);

/** https://docs.digitalocean.com/reference/api/ (tags): letters, digits, `:`, `-`, `_`, at most 255. */
export const tagName = z
  .string()
  .max(255)
  .regex(/^[a-zA-Z0-9_\-:]+$/, "may only contain letters, numbers, colons, dashes, and underscores");
export const tagList = z
  .array(tagName)
  .nullish()
  .transform((tags) => tags ?? []);
