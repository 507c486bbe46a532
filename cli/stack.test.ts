import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { commandOf, isLocal, stackOf } from "./stack.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const forms = (stack: string) => [
  ["--stack", stack],
  [`--stack=${stack}`],
  ["-s", stack],
  [`-s=${stack}`],
  [`-s${stack}`],
];

test("the stack is the one that the arguments name, in each of Pulumi's spellings", () => {
  fc.assert(
    fc.property(name, fc.constantFrom("up", "preview", "destroy", "refresh"), (stack, command) => {
      for (const form of forms(stack)) {
        for (const args of [
          [command, ...form],
          [...form, command, "--yes"],
        ]) {
          assert.equal(stackOf(args), stack);
          assert.equal(commandOf(args), command);
        }
        assert.equal(stackOf([command, "--stack", `organization/breakwater/${stack}`]), stack);
      }
    }),
  );
});

test("commands on stacks name theirs without an option", () => {
  for (const verb of ["select", "init", "rm"]) assert.equal(stackOf(["stack", verb, "prod"]), "prod");
  assert.equal(stackOf(["stack", "rm", "--yes", "prod"]), "prod");
  assert.equal(stackOf(["stack", "select", "--stack", "prod"]), "prod");
});

test("what comes after -- is not the engine's", () => {
  assert.equal(stackOf(["up", "--", "--stack", "prod"]), "local");
});

test("without a name it is local", () => {
  assert.equal(stackOf([]), "local");
  assert.equal(stackOf(["up", "--yes"]), "local");
});

test("only local and rehearsals live on this machine", () => {
  for (const stack of ["local", "rehearse-prod"]) assert.equal(isLocal(stack), true);
  for (const stack of ["prod", "staging", "locale", "my-local", "rehearse"])
    assert.equal(isLocal(stack), false);
});
