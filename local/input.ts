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
  const at = field === "" ? "" : `${field}: `;
  switch (issue.code) {
    case "unrecognized_keys":
      return `${at}unknown field ${issue.keys.join(", ")}`;
    case "invalid_value":
      if (issue.input !== undefined) return `${at}must be one of ${issue.values.join(", ")}`;
      break;
    case "too_small":
    case "too_big":
      return `${at}must be ${issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`}${unit(issue.origin)}`;
    case "invalid_type":
      if (issue.input !== undefined)
        return `${at}must be ${issue.expected === "int" ? "a whole number" : `of type ${issue.expected}`}`;
      break;
    case "custom":
    case "invalid_format":
      return at + issue.message;
    default:
      if (issue.input !== undefined) return `${at}is not valid`;
  }
  return field === "" ? "a request body is required" : `${field} is required`;
}

const unit = (origin: string) =>
  origin === "string" ? " characters long" : origin === "array" ? " items long" : "";

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
