/** Arbitrary tables and inputs that fit them, for property tests. */
import fc from "fast-check";
import type { Facts, Properties, Property } from "./schema.ts";
import { unknown, type Value, type Values } from "./values.ts";

const names = fc.constantFrom("alpha", "beta", "gamma", "delta");

const scalar: fc.Arbitrary<Property> = fc
  .tuple(
    fc.constantFrom("string", "integer", "boolean"),
    fc.constantFrom<Facts>({}, { computed: true }, { secret: true }),
  )
  .map(([kind, facts]) => ({ kind, ...facts }) as Property);

const { property } = fc.letrec<{ property: Property; object: Property }>((tie) => ({
  property: fc.oneof(
    { maxDepth: 2, depthIdentifier: "table" },
    scalar,
    tie("object"),
    fc
      .tuple(fc.constantFrom("list", "set", "map"), fc.oneof(scalar, tie("object")))
      .map(([kind, element]) => ({ kind, element }) as Property),
  ),
  object: fc
    .dictionary(names, fc.oneof({ maxDepth: 2, depthIdentifier: "table" }, scalar, tie("property")), {
      minKeys: 1,
      maxKeys: 3,
    })
    .map((fields) => ({ kind: "object", fields }) as Property),
}));

/** A table of inputs and one output. */
export const tables: fc.Arbitrary<Properties> = fc
  .dictionary(names, property, { minKeys: 1, maxKeys: 4 })
  .map((fields) => ({ ...fields, result: { kind: "string", output: true } }));

/** A value that `property` can take, never empty: empty is as good as absent. */
export function valueFor(of: Property): fc.Arbitrary<Value> {
  switch (of.kind) {
    case "string":
    case "any":
      return fc.string({ minLength: 1, maxLength: 6 });
    case "integer":
    case "number":
      return fc.integer({ min: 1, max: 99 });
    case "boolean":
      return fc.constant(true);
    case "list":
    case "set":
      return fc.uniqueArray(valueFor(of.element), {
        minLength: 1,
        maxLength: 3,
        selector: (one) => JSON.stringify(one),
      });
    case "map":
      return fc.dictionary(names, valueFor(of.element), { minKeys: 1, maxKeys: 3, noNullPrototype: true });
    case "object":
      return inputsFor(of.fields);
  }
}

/** Inputs for some of a table's properties. */
export function inputsFor(properties: Properties): fc.Arbitrary<Values> {
  const given = Object.entries(properties).filter(([, { output }]) => !output);
  const values = Object.fromEntries(given.map(([name, one]) => [name, valueFor(one)]));
  const some: fc.Arbitrary<Values> = fc
    .record(values, { requiredKeys: [], noNullPrototype: true })
    .map((record) =>
      Object.fromEntries(
        Object.entries(record).flatMap(([name, one]) => (one === undefined ? [] : [[name, one]])),
      ),
    );
  return some;
}

/** A table together with inputs for it. */
export const planned = tables.chain((properties) => fc.tuple(fc.constant(properties), inputsFor(properties)));

/** Any value that can travel, unknowns included. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(unknown),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
