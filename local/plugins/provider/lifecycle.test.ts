import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkInputs } from "./check.ts";
import { changesOf, deletesFirst, outputsOf, planned as plannedState, settled } from "./lifecycle.ts";
import { boolean, integer, list, object, type Properties, set, string } from "./schema.ts";
import { refreshedInputs } from "./state.ts";
import { inputsFor, planned, tables, valueFor } from "./testing.ts";
import { hasUnknowns, isArray, unknown, type Values } from "./values.ts";

const noSecrets = (values: Values) => ({ values, secrets: false });
/** What an ideal platform makes of a plan: all of it, and its own values for the rest. */
function made(properties: Properties, inputs: Values): Values {
  const plan = plannedState({ properties }, undefined, inputs);
  return outputsOf(
    { properties },
    plan,
    { id: "id", state: { ...settled(plan), result: "made" } },
    noSecrets(inputs),
  ).values;
}
const changes = (properties: Properties, state: Values, inputs: Values, ignored: string[] = []) =>
  changesOf({ properties, update: true }, state, inputs, ignored);

test("the same inputs again are no change", () => {
  fc.assert(
    fc.property(planned, ([properties, inputs]) => {
      assert.deepEqual([...changes(properties, made(properties, inputs), inputs)], []);
    }),
  );
});

test("inputs that a refresh corrects are those that were given, and no change either", () => {
  fc.assert(
    fc.property(planned, ([properties, inputs]) => {
      const state = made(properties, inputs);
      assert.deepEqual(refreshedInputs(properties, inputs, state), inputs);
    }),
  );
});

test("a name that was chosen stays chosen after a refresh, unless the platform has another", () => {
  const properties: Properties = { name: string({ required: true, autoname: 64 }), size: string() };
  const inputs = { name: "web-0c1d2e3", size: "s", __defaults: ["name"] };
  assert.deepEqual(refreshedInputs(properties, inputs, { ...inputs, id: "1" }), inputs);
  const renamed = refreshedInputs(properties, inputs, { name: "front", size: "s" });
  assert.deepEqual(renamed, { name: "front", size: "s", __defaults: [] });
  const { inputs: again } = checkInputs(properties, inputs, { size: "m" });
  assert.equal(again.name, inputs.name);
});

test("a create plans every given value and no output", () => {
  fc.assert(
    fc.property(planned, ([properties, inputs]) => {
      const plan = plannedState({ properties }, undefined, inputs);
      assert.equal(plan.result, unknown);
      for (const name of Object.keys(inputs)) assert.ok(name in plan);
    }),
  );
});

test("a changed property is a change at its path, and only there", () => {
  const cases = tables.chain((properties) => {
    const name = fc.constantFrom(...Object.keys(properties).filter((one) => one !== "result"));
    return name.chain((changed) => {
      const property = properties[changed] ?? string();
      return fc.tuple(
        fc.constant(properties),
        inputsFor(properties),
        fc.constant(changed),
        valueFor(property),
      );
    });
  });
  fc.assert(
    fc.property(cases, ([properties, inputs, name, value]) => {
      const found = changes(properties, made(properties, inputs), { ...inputs, [name]: value });
      for (const path of found.keys())
        assert.ok(path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
      assert.deepEqual(
        [...changes(properties, made(properties, inputs), { ...inputs, [name]: value }, [name])],
        [],
      );
    }),
  );
});

test("an unknown input is a change, and stays unknown in the plan", () => {
  fc.assert(
    fc.property(planned, ([properties, inputs]) => {
      for (const name of Object.keys(inputs)) {
        const later: Values = { ...inputs, [name]: unknown };
        assert.ok(changes(properties, made(properties, inputs), later).has(name));
        assert.ok(hasUnknowns(plannedState({ properties }, made(properties, inputs), later)));
      }
    }),
  );
});

test("the order of a set is no change, and what the platform adds to its elements stays", () => {
  const properties = { rules: set(object({ value: string(), uuid: string({ output: true }) })) };
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }), fc.nat(), (values, turn) => {
      const state = { rules: values.map((value) => ({ value, uuid: `uuid of ${value}` })) };
      const at = turn % values.length;
      const turned = [...values.slice(at), ...values.slice(0, at)].map((value) => ({ value }));
      assert.deepEqual([...changes(properties, state, { rules: turned })], []);
      const more = changes(properties, state, { rules: [...turned, { value: `${values.join("")}!` }] });
      assert.deepEqual([...more.values()], [{ kind: "add", replaces: false }]);
    }),
  );
});

test("an input that is taken away goes, unless the platform fills it in", () => {
  const properties = {
    plain: string(),
    filled: string({ computed: true }),
    defaulted: integer({ default: 3 }),
  };
  const state = { plain: "a", filled: "b", defaulted: 5 };
  assert.deepEqual(
    [...changes(properties, state, {})],
    [
      ["plain", { kind: "delete", replaces: false }],
      ["defaulted", { kind: "update", replaces: false }],
    ],
  );
});

test("empty and absent are the same; false for true is a change", () => {
  const properties = { text: string(), flag: boolean(), items: list(string()) };
  assert.deepEqual([...changes(properties, { text: "", items: [], flag: false }, {})], []);
  assert.deepEqual(
    [...changes(properties, { flag: true }, { flag: false }).values()],
    [{ kind: "update", replaces: false }],
  );
});

test("what replaces: a property, one within a block that comes, any at all where nothing can be updated", () => {
  const properties = { block: object({ inner: string({ replaces: true }) }), other: string() };
  assert.equal(changes(properties, {}, { block: { inner: "a" } }).get("block")?.replaces, true);
  assert.equal(changes(properties, { other: "a" }, { other: "b" }).get("other")?.replaces, false);
  assert.equal(changesOf({ properties }, { other: "a" }, { other: "b" }, []).get("other")?.replaces, true);
});

test("the old goes first where the program has fixed the name", () => {
  const table = { properties: { name: string({ autoname: 20 }) } };
  const naming = { resource: "net", seed: new Uint8Array() };
  const automatic = checkInputs(table.properties, {}, {}, { naming }).inputs;
  const given = checkInputs(table.properties, {}, { name: "mine" }, { naming }).inputs;
  assert.equal(deletesFirst(table, automatic), false);
  assert.equal(deletesFirst(table, given), true);
});

test("after an update a set that was wholly planned stays as planned: the plain text of an encrypted variable", () => {
  const env = object({ key: string(), value: string(), type: string({ computed: true }) });
  const table = { properties: { envs: set(env) } };
  const read = { id: "id", state: { envs: [{ key: "A", value: "EV[1:x]", type: "SECRET" }] } };
  const values = (inputs: Values) =>
    outputsOf(table, plannedState(table, undefined, inputs), read, noSecrets(inputs)).values.envs;
  const typed = [{ key: "A", value: "plain", type: "SECRET" }];
  assert.deepEqual(values({ envs: typed }), typed);
  assert.deepEqual(
    values({ envs: [{ key: "A", value: "plain" }] }),
    read.state.envs,
    "one unknown type and it is read",
  );
  assert.ok(isArray(values({ envs: typed })));
});
