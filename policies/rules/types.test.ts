import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import ts from "typescript";
import { judge, resource, secret, unknown } from "../kit.ts";
import { types } from "../resources.ts";
import { rules } from "./index.ts";

/** Inputs as the provider's SDK declares them: every resource type that rules know, each of its properties of its own type. */

const declared = join(dirname(createRequire(import.meta.url).resolve("@pulumi/digitalocean")), "index.d.ts");
const program = ts.createProgram([declared], {
  skipLibCheck: true,
  moduleResolution: ts.ModuleResolutionKind.Node10,
});
const checker = program.getTypeChecker();
const source = program.getSourceFile(declared) ?? assert.fail("the SDK declares nothing");
const exported = new Map(
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(source) ?? assert.fail())
    .map((each) => [each.name, each]),
);

/** The type behind `Input<T>`, `Output<T>` and `T | undefined`. */
function inside(type: ts.Type): ts.Type[] {
  const [argument] = type.aliasTypeArguments ?? [];
  if (argument && type.aliasSymbol?.name === "Input") return inside(argument);
  if (type.isUnion()) return type.types.flatMap(inside);
  return type.flags & ts.TypeFlags.Undefined ? [] : [type];
}

/** Values of a type, or what a program may give in its place: nothing, a secret, or what only the deployment will tell. */
function valuesOf(type: ts.Type, depth = 0): fc.Arbitrary<unknown> {
  const values = inside(type).flatMap((each) => oneOf(each, depth));
  const some = values.length > 0 ? fc.oneof(...values) : fc.string();
  return fc.oneof(
    { weight: 6, arbitrary: some },
    { weight: 1, arbitrary: some.map(secret) },
    { weight: 1, arbitrary: fc.constantFrom(unknown, undefined, secret(unknown)) },
  );
}

function oneOf(type: ts.Type, depth: number): fc.Arbitrary<unknown>[] {
  if (type.isStringLiteral()) return [fc.constantFrom(type.value, type.value.toUpperCase())];
  if (type.flags & ts.TypeFlags.StringLike)
    return [fc.oneof(fc.string(), fc.constantFrom("", "0.0.0.0/0", "PG", "Https", "all"))];
  if (type.flags & ts.TypeFlags.NumberLike) return [fc.integer()];
  if (type.flags & ts.TypeFlags.BooleanLike) return [fc.boolean()];
  const [element] = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference) : [];
  if (element) return [fc.array(valuesOf(element, depth + 1), { maxLength: 2 })];
  const properties = type.getProperties();
  if (properties.length === 0 || depth > 8 || /^(?:Promise|OutputInstance)$/.test(type.symbol?.name ?? ""))
    return [];
  return [inputsOf(type, depth)];
}

function inputsOf(type: ts.Type, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const members = type.getProperties().map((property) => {
    const its = valuesOf(checker.getTypeOfSymbolAtLocation(property, source), depth + 1);
    return [property.name, fc.option(its, { nil: undefined })];
  });
  return fc.record(Object.fromEntries(members));
}

describe("whatever the SDK's types allow", () => {
  test("what is generated reaches as deep as the types do", () => {
    const app = checker.getDeclaredTypeOfSymbol(exported.get("AppArgs") ?? assert.fail());
    const told = JSON.stringify(fc.sample(inputsOf(app), { numRuns: 50, seed: 1 }));
    for (const name of ["spec", "services", "envs", "allowOrigins", "logDestinations", "basicAuth"])
      assert.ok(told.includes(`"${name}"`), name);
  });

  const known = Object.values(types).filter((token) => token.startsWith("digitalocean:"));
  for (const token of known)
    test(`of ${token.split(":").at(-1)}, no rule throws`, async () => {
      const symbol =
        exported.get(`${token.split(":").at(-1)}Args`) ?? assert.fail(`${token} is not in the SDK`);
      const inputs = inputsOf(checker.getDeclaredTypeOfSymbol(symbol));
      assert.ok(checker.getDeclaredTypeOfSymbol(symbol).getProperties().length > 0);
      const pair = fc.tuple(inputs, inputs, fc.boolean());
      await fc.assert(
        fc.asyncProperty(pair, async ([one, other, refers]) => {
          const second = resource(token, other, { name: "other" });
          const every = Object.fromEntries(Object.keys(one).map((input) => [input, [second]]));
          const first = resource(token, one, { refers: refers ? every : {} });
          await judge(rules, [first, second], { stack: "prod", settings: { limits: { budget: 1 } } });
        }),
        { numRuns: 10, endOnFailure: true },
      );
    });
});
