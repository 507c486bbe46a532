/** Property values: what they are inside the providers, and how they travel between engine and plugin. */
import struct from "google-protobuf/google/protobuf/struct_pb.js";

/** A value that isn't known before the resource behind it exists: previews only. */
export const unknown: unique symbol = Symbol("unknown");
export type Unknown = typeof unknown;

/** A property value without its secretness, which travels beside it. */
export type Value = null | boolean | number | string | Unknown | readonly Value[] | Values;
export interface Values {
  readonly [name: string]: Value;
}

/** Which parts of a value are secret: all of it, or those of its properties or elements (by index). */
export type Secrets = boolean | { readonly [name: string]: Secrets };

/** A bag of properties together with what is secret in it. */
export interface Bag {
  readonly values: Values;
  readonly secrets: Secrets;
}

export type WireStruct = InstanceType<typeof struct.Struct>;
type Json = NonNullable<Parameters<typeof struct.Value.fromJavaScript>[0]>;

// The engine's signatures (sdk/go/common/resource/properties.go).
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const unknownTexts = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const isObject = (value: Value | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isArray = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

/** Reads a message; nulls stand for what isn't there and are left out. */
export function decode(message: WireStruct | undefined): Bag {
  const { value, secrets } = fromWire(message?.toJavaScript() ?? {});
  return { values: isObject(value) ? value : {}, secrets };
}

interface Read {
  readonly value: Value;
  readonly secrets: Secrets;
}

function fromWire(wire: unknown): Read {
  if (typeof wire === "string") return { value: unknownTexts.has(wire) ? unknown : wire, secrets: false };
  if (typeof wire === "boolean" || typeof wire === "number") return { value: wire, secrets: false };
  if (Array.isArray(wire)) {
    const elements = wire.map(fromWire);
    return {
      value: elements.map(({ value }) => value),
      secrets: tidy(Object.fromEntries(elements.map(({ secrets }, index) => [index, secrets]))),
    };
  }
  if (typeof wire !== "object" || wire === null) return { value: null, secrets: false };
  const special = signature in wire ? wire[signature] : undefined;
  if (special === secretSignature || special === outputSignature) {
    const inner: Read = "value" in wire ? fromWire(wire.value) : { value: unknown, secrets: false };
    return special === secretSignature || ("secret" in wire && wire.secret)
      ? { ...inner, secrets: true }
      : inner;
  }
  const value: Record<string, Value> = {};
  const secrets: Record<string, Secrets> = {};
  for (const [name, part] of Object.entries(wire)) {
    if (part === null) continue;
    const inner = fromWire(part);
    value[name] = inner.value;
    secrets[name] = inner.secrets;
  }
  return { value, secrets: tidy(secrets) };
}

/** Leaves out what isn't secret. */
export function tidy(secrets: Readonly<Record<string, Secrets>>): Secrets {
  const kept = Object.entries(secrets).filter(([, part]) => hasSecrets(part));
  return kept.length > 0 && Object.fromEntries(kept);
}

/** Whether anything at all is secret. */
export const hasSecrets = (secrets: Secrets | undefined): boolean =>
  typeof secrets === "object" ? Object.values(secrets).some(hasSecrets) : Boolean(secrets);

/** What is secret in either. */
export function unite(one: Secrets | undefined, other: Secrets | undefined): Secrets {
  if (one === true || other === true) return true;
  if (!one || !other) return one || other || false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, unite(one[name], other[name])]));
}

/**
 * What of `values` is secret because the value of that name in another bag was: the engine's rule for inputs and outputs.
 * Objects are compared property by property; an array with a secret in it is secret as a whole, since elements move.
 */
export function inherited(value: Value, secrets: Secrets | undefined, from: Value | undefined): Secrets {
  if (!isObject(value) || !isObject(from) || typeof secrets !== "object") return hasSecrets(secrets);
  return tidy(
    Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, inherited(part, secrets[name], from[name])]),
    ),
  );
}

/** Writes a message, its secret parts wrapped so that the engine encrypts and masks them. */
export function encode({ values, secrets }: Bag): WireStruct {
  const everything =
    secrets === true ? Object.fromEntries(Object.keys(values).map((name) => [name, true])) : secrets;
  return struct.Struct.fromJavaScript(toWire(values, everything) as { [key: string]: Json });
}

function toWire(value: Value, secrets: Secrets | undefined): Json | null {
  const parts = typeof secrets === "object" ? secrets : {};
  let wire: Json | null;
  if (value === unknown) wire = unknownText;
  else if (isArray(value)) wire = value.map((element, index) => toWire(element, parts[index]) as Json);
  else if (isObject(value)) {
    const fields = Object.entries(value).filter(([, part]) => part !== undefined);
    wire = Object.fromEntries(fields.map(([name, part]) => [name, toWire(part, parts[name]) as Json]));
  } else wire = value;
  return secrets === true ? { [signature]: secretSignature, value: wire as Json } : wire;
}

/** Whether any part of it is unknown. */
export function hasUnknowns(value: Value | undefined): boolean {
  if (value === unknown) return true;
  if (isArray(value)) return value.some(hasUnknowns);
  return isObject(value) && Object.values(value).some(hasUnknowns);
}
