import { createRequire } from "node:module";
import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";

/**
 * The one place that knows what Pulumi's policy SDK does inside (1.21.0; sdk.test.ts holds it to that). The SDK hands secrets to
 * rules in clear and forgets which values they were, and it reads a resource anew for every rule. Here its reader is wrapped: it
 * reads each resource once, and what it has read can be asked for with the marks of secrets still on.
 */

const require = createRequire(import.meta.url);
const sdk: typeof import("@pulumi/policy") = require("@pulumi/policy");
const reader: Reader = require("@pulumi/policy/deserialize.js");
const proxy: Record<string, unknown> & {
  UnknownValueError: new (sentinel: string, path: string[]) => Error;
} = require("@pulumi/policy/proxy.js");

interface Reader {
  deserializeProperties(struct: object, keepSecrets: boolean): object;
}

const TARGET = String(proxy.getSpecialProxyTarget);

/** What stands for a value that only the deployment will tell. */
const sentinels: ReadonlySet<unknown> = new Set(
  Object.entries(proxy).flatMap(([name, value]) => (/^unknown\w+Value$/.test(name) ? [value] : [])),
);

/** The properties that the SDK gives to rules, and the same with secrets marked. */
const marked = new WeakMap<object, unknown>();

function readOnce(): void {
  const read = reader.deserializeProperties;
  const known = new WeakMap<object, object>();
  reader.deserializeProperties = (struct, keepSecrets) => {
    if (keepSecrets) return read(struct, true); // for a remediation, which may change what it gets
    const before = known.get(struct);
    if (before) return before;
    const plain = read(struct, false);
    known.set(struct, plain);
    marked.set(plain, Reflect.get(read(struct, true), TARGET));
    return plain;
  };
}
readOnce();

/** All properties of a resource, as they are, with secrets marked. */
export function propertiesOf({ props }: Pick<ResourceValidationArgs | PolicyResource, "props">): unknown {
  const plain: unknown = Reflect.get(props, TARGET);
  const kept = typeof plain === "object" && plain !== null ? marked.get(plain) : undefined;
  if (kept === undefined) throw new Error("the policy SDK is not the one that this pack was built for");
  return kept;
}

/** Takes the mark of a secret off a value. */
export function unwrap(raw: unknown): { value: unknown; isSecret: boolean } {
  let value = raw;
  while (value instanceof sdk.Secret) value = value.value;
  return { value, isSecret: value !== raw };
}

export const isUnknown = (value: unknown): boolean => sentinels.has(value);

/** What the SDK turns into an advisory of the rule that throws it: the rule could not be decided in this preview. */
export function undecidedError(message: string): Error {
  const [sentinel = ""] = sentinels;
  const error = new proxy.UnknownValueError(String(sentinel), []);
  error.message = message;
  return error;
}
