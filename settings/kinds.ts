import { createRequire } from "node:module";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Defaults } from "./schema-kit.ts";

/** Kinds of values that several settings have. */

/** Whether the profile is `ha`. */
export const ha = ({ profile }: Defaults) => profile === "ha";

export const uuid = () => z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
export const integer = (min: number, max: number) => z.number().int().min(min).max(max);
export const slug = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[a-z][a-z0-9-]*[a-z0-9]$/);
export const slugAllowed = (max: number) =>
  `must be 2 to ${max} lower-case letters, digits and dashes, starting with a letter`;
export const identifier = () =>
  z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9_-]*$/);
export const identifierAllowed =
  "must be at most 63 lower-case letters, digits, dashes and underscores, starting with a letter";
export const uuidAllowed = "must be the UUID that DigitalOcean gave it";
export const variable = () => z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
/** Pulumi's SDK is loaded with the first secret and not before: a command that only looks at settings would wait half a second for it. */
function asSecret(value: string): pulumi.Output<string> {
  const { secret }: typeof pulumi = createRequire(import.meta.url)("@pulumi/pulumi");
  return secret(value);
}

/** A secret leaves the parser as an Output, so that no plain object carries it further. */
export const secret = () => z.string().min(1).transform(asSecret);
/** A secret that must look like this. */
export const secretMatching = (pattern: RegExp) => z.string().regex(pattern).transform(asSecret);
