import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { answering } from "../catalog/documents.ts";
import { referenceTo, sources } from "../catalog/outside.ts";
import { judge, resource, secret, type TestResource, unknown } from "../kit.ts";
import { types } from "../resources.ts";
import { groups } from "../rule.ts";
import { rules } from "./index.ts";

const folder = import.meta.dirname;

describe("the rules of the pack", () => {
  test("are these, with these levels: none goes or changes unnoticed", () => {
    const golden = JSON.parse(readFileSync(join(folder, "..", "golden", "rules.json"), "utf8"));
    const now = rules.map(({ name, level, severity, only = "every stack" }) => [
      name,
      `${level}, ${severity}, ${only}`,
    ]);
    assert.deepEqual(Object.fromEntries(now), golden);
    assert.equal(now.length, Object.keys(golden).length, "two rules have one name");
  });

  test("are one a file, named like it, in the order of their names, each with a test", () => {
    const files = globSync("*/*.ts", { cwd: folder })
      .filter(
        (file) =>
          !file.endsWith(".test.ts") &&
          /: (?:Resource|Stack)Rule = /.test(readFileSync(join(folder, file), "utf8")),
      )
      .map((file) => join(dirname(file), basename(file, ".ts")));
    assert.deepEqual(
      files.map((file) => basename(file)).sort(),
      rules.map(({ name }) => name),
    );
    for (const file of files) assert.ok(existsSync(join(folder, `${file}.test.ts`)), file);
  });

  test("have each a case that is kept, one that is broken, one of which something is unknown, and one of which parts are absent", () => {
    for (const file of globSync("*/*.test.ts", { cwd: folder })) {
      const source = readFileSync(join(folder, file), "utf8").replace(/^import .*$/gm, "");
      const cases: [what: string, pattern: RegExp][] = [
        ["kept", /\bgood: \{\s*\S(?<!\})/],
        ["broken", /\bbad: \{\s*\S(?<!\})/],
        ["unknown", /\bunknown\b/],
        ["absent", /\(\{\}|, \{\}\)|\{\s*\}|\(\)|\bundefined\b|resource\(types\.\w+\)/],
      ];
      for (const [what, pattern] of cases) assert.match(source, pattern, `${file} has no case: ${what}`);
    }
  });

  for (const rule of rules)
    test(`${rule.name} says what it is about`, () => {
      assert.match(rule.name, /^[a-z]+(?:-[a-z]+)+$/);
      assert.match(rule.description, /^[A-Z].*\.$/);
      assert.match(rule.fix, /^[a-z].*[^.]$/, "a fix is an order that goes on after `To fix:`");
      assert.match(rule.url, /^https:\/\//);
      assert.ok(groups.includes(rule.group));
      const known = sources.flatMap((source) => source.rules.map((outside) => referenceTo(source, outside)));
      for (const reference of rule.references ?? []) assert.ok(known.includes(reference), reference);
    });
});

describe("published rules", () => {
  test("are 126, from seven sources, each once", () => {
    const ids = sources.flatMap((source) => source.rules.map(({ id }) => `${source.name} ${id}`));
    assert.deepEqual([sources.length, ids.length, new Set(ids).size], [7, 126, 126]);
  });

  for (const source of sources)
    test(`of ${source.name} are answered where they can be decided, and left out with a reason where not`, () => {
      for (const outside of source.rules) {
        if (outside.where === "decidable")
          assert.notDeepEqual(answering(referenceTo(source, outside)), [], outside.id);
        else assert.ok(outside.note, outside.id);
      }
    });
});

describe("whatever a program declares", () => {
  // The names of inputs that rules look for, so that arbitrary resources are looked at and not past.
  const source = globSync("*/*.ts", { cwd: folder, exclude: ["**/*.test.ts"] })
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join();
  const names = [
    ...new Set(
      [...source.matchAll(/get\(((?:"\w+"(?:, )?)+)\)/g)].flatMap(([, list = ""]) =>
        [...list.matchAll(/\w+/g)].map(String),
      ),
    ),
  ];
  const words = [...new Set([...source.matchAll(/"([\w./:*-]+)"/g)].map(([, word = ""]) => word))];
  const canary = "canary-7f3a9c55-of-nobody";
  const credential = `dop_v1_${"7f3a9c55".repeat(8)}`;

  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      unknown,
      null,
      undefined,
      true,
      false,
      "",
      0,
      -1,
      1e9,
      credential,
      `postgres://a:${credential}@b/c?sslmode=disable`,
    ),
    fc.constantFrom(...words),
    fc.constant(secret(canary)),
    fc.constant(secret(unknown)),
    fc.string(),
    fc.double({ noNaN: true }),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 8 }),
      tie("value").map((inner) => secret(inner)),
    ),
  }));
  const inputs = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12 });
  const thing = fc.record({
    type: fc.constantFrom(...Object.values(types), "other:index:Thing"),
    inputs,
    outputs: inputs,
    provider: inputs,
  });
  const stack = fc.array(thing, { minLength: 1, maxLength: 6 }).map((all) =>
    all.map(({ type, inputs: given, outputs, provider }, index) => {
      const refers = Object.fromEntries(
        names.map((name) => [name, [twin(all[(index + 1) % all.length]?.type, index)]]),
      );
      return resource(type, given, { name: `r${index}`, outputs, provider, refers });
    }),
  );
  /** The next of the resources, as another refers to it. */
  const twin = (type = "", index = 0): TestResource => resource(type, {}, { name: `r${index + 1}` });

  test("no rule throws, and no message quotes a secret", async () => {
    await fc.assert(
      fc.asyncProperty(stack, async (resources) => {
        const settings = {
          limits: { budget: 1, regions: ["fra1"], vpcs: ["a"], tags: ["b"], images: ["c"] },
        };
        const told = JSON.stringify(await judge(rules, resources, { settings, stack: "prod" }));
        assert.ok(!told.includes(canary), "a secret is quoted");
        assert.ok(!told.includes(credential), "a credential is quoted");
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
