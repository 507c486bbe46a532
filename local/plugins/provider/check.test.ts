import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInputs, defaultsKey, type Naming } from "./check.ts";
import { boolean, integer, list, object, oneOf, string } from "./schema.ts";
import { unknown } from "./values.ts";

const naming = (more: Partial<Naming> = {}): Naming => ({ resource: "net", seed: new Uint8Array(), ...more });

test("text becomes numbers and flags, numbers text, where the table wants them", () => {
  const table = { count: integer(), flag: boolean(), text: string() };
  const { inputs, failures } = checkInputs(table, {}, { count: "7", flag: "true", text: 5 });
  assert.deepEqual(failures, []);
  assert.deepEqual(inputs, { count: 7, flag: true, text: "5", [defaultsKey]: [] });
});

test("every problem is named with its path", () => {
  const table = {
    name: string({ required: true }),
    rules: list(object({ type: string({ check: oneOf("a", "b") }), port: integer() })),
  };
  const { failures } = checkInputs(table, {}, { rules: [{ type: "c", port: "x" }], other: 1 });
  assert.deepEqual(failures.map(({ property }) => property).sort(), [
    "name",
    "other",
    "rules[0].port",
    "rules[0].type",
  ]);
});

test("an unknown value passes every rule", () => {
  assert.deepEqual(checkInputs({ type: string({ check: oneOf("a") }) }, {}, { type: unknown }).failures, []);
});

test("a default follows the table until the program gives a value, and an old one stays", () => {
  const table = { kind: string({ default: "new" }), empty: boolean({ default: false }) };
  assert.deepEqual(checkInputs(table, {}, {}).inputs, { kind: "new", [defaultsKey]: ["kind"] });
  assert.deepEqual(checkInputs(table, { kind: "old", [defaultsKey]: ["kind"] }, {}).inputs, {
    kind: "old",
    [defaultsKey]: ["kind"],
  });
  assert.deepEqual(checkInputs(table, { kind: "given", [defaultsKey]: [] }, {}).inputs.kind, "new");
  assert.deepEqual(checkInputs(table, {}, {}, { asGiven: true }).inputs, {});
});

test("a default may come from the environment", (t) => {
  process.env.CONFORMANCE_FLAG = "true";
  t.after(() => delete process.env.CONFORMANCE_FLAG);
  assert.equal(
    checkInputs({ flag: boolean({ env: ["ABSENT", "CONFORMANCE_FLAG"] }) }, {}, {}).inputs.flag,
    true,
  );
});

test("names: random digits, the same for the same seed, the engine's proposal, none when that is off", () => {
  const table = { name: string({ required: true, autoname: 12 }) };
  const name = (more?: Partial<Naming>) => checkInputs(table, {}, {}, { naming: naming(more) });
  assert.match(String(name().inputs.name), /^net-[0-9a-f]{7}$/);
  const seed = new Uint8Array([1, 2, 3]);
  assert.equal(name({ seed }).inputs.name, name({ seed }).inputs.name);
  assert.equal(name({ mode: "propose", proposed: "net-own" }).inputs.name, "net-own");
  assert.match(name({ mode: "disable" }).failures[0]?.reason ?? "", /disabled/);
  assert.match(
    name({ mode: "propose", proposed: "x".repeat(13) }).failures[0]?.reason ?? "",
    /longer than 12/,
  );
});

test("of two that conflict one is defaulted, both given are refused", () => {
  const table = { now: string({ conflicts: ["before"] }), before: string({ default: "b" }) };
  assert.deepEqual(checkInputs(table, {}, { now: "a" }).inputs, { now: "a", [defaultsKey]: [] });
  assert.equal(checkInputs(table, {}, { now: "a", before: "c" }).failures.length, 1);
});
