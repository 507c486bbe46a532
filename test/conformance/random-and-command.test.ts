import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Secret, stackFor } from "./stack.ts";

test("random values: stable, secret where they should be, replaced by keepers, imported", async (t) => {
  const stack = await stackFor(t);
  const values = (keeper: string): string => `
    const pw = new random.RandomPassword("pw", { length: 24, minSpecial: 3, minNumeric: 2, overrideSpecial: "_-" });
    const text = new random.RandomString("text", { length: 8, special: false, upper: false, keepers: { k: "${keeper}" } });
    const id = new random.RandomId("id", { byteLength: 4, prefix: "p-" });
    export const hex = id.hex;
    export const uuid = new random.RandomUuid("uuid").result;
    export const bytes = new random.RandomBytes("bytes", { length: 16 }).base64;
    export const number = new random.RandomInteger("number", { min: 3, max: 5 }).result;
    export const password = pw.result;`;
  stack.program(values("a"));
  await stack.up();
  assert.deepEqual(await stack.preview(), []);
  const { password, hex, uuid, bytes, number } = await stack.outputs();
  assert.match(String(password), /^[A-Za-z0-9_-]{24}$/);
  assert.ok(String(password).replace(/[^_-]/g, "").length >= 3);
  assert.ok(!stack.stored().includes(String(password)));
  assert.match(String(hex), /^p-[0-9a-f]{8}$/);
  assert.match(String(uuid), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(Buffer.from(String(bytes), "base64").length, 16);
  assert.ok([3, 4, 5].includes(Number(number)));
  const { id, outputs } = await stack.resource("pw");
  assert.equal(id, "none");
  assert.ok(outputs.bcryptHash instanceof Secret);
  assert.match(String(outputs.bcryptHash.value), /^\$2[ab]\$10\$/);

  stack.program(values("b"));
  assert.partialDeepStrictEqual(await stack.preview(), [{ op: "replace", name: "text" }]);
  await stack.up();
  assert.equal((await stack.outputs()).password, password);

  await stack.run([
    "import",
    "random:index/randomString:RandomString",
    "found",
    "abc123",
    "--yes",
    "--generate-code=false",
  ]);
  assert.partialDeepStrictEqual(await stack.resource("found"), {
    id: "abc123",
    outputs: { result: "abc123", length: 6 },
  });
});

test("constraints that can't be met are said before anything is made", async (t) => {
  const stack = await stackFor(t);
  stack.program('new random.RandomPassword("pw", { length: 4, minUpper: 3, minLower: 3 });');
  const { code, output } = await stack.attempt(["preview"]);
  assert.notEqual(code, 0);
  assert.match(output, /length/);
});

test("a command: created, updated, replaced by triggers, deleted, with its environment and last output", async (t) => {
  const stack = await stackFor(t);
  const log = join(stack.folder, "log");
  const command = (env: string, trigger: string): string => `
    const step = new command.local.Command("step", {
      create: "echo create $WORD; echo to-err >&2", update: 'echo "update after $PULUMI_COMMAND_STDOUT"',
      delete: 'echo "deleted after $PULUMI_COMMAND_STDOUT" >> "${log}"',
      stdin: "given", environment: { WORD: "${env}" }, triggers: ["${trigger}", { nested: 1 }] });
    export const out = step.stdout;
    export const err = step.stderr;`;
  stack.program(command("one", "a"));
  await stack.up();
  assert.deepEqual(await stack.outputs(), { out: "create one", err: "to-err" });
  assert.deepEqual(await stack.preview(), []);
  stack.program(command("two", "a"));
  assert.partialDeepStrictEqual(await stack.preview(), [
    { op: "update", name: "step", changes: { "environment.WORD": "update" } },
  ]);
  await stack.up();
  assert.equal((await stack.outputs()).out, "update after create one");
  stack.program(command("two", "b"));
  assert.equal((await stack.preview())[0]?.op, "replace");
  await stack.up();
  assert.equal((await stack.outputs()).out, "create two");
  await stack.destroy();
  assert.equal(
    readFileSync(log, "utf8"),
    "deleted after update after create one\ndeleted after create two\n",
  );
});

test("a command's secrets: sealed as inputs, and as the outputs that the program names", async (t) => {
  const stack = await stackFor(t);
  stack.program(`
    new command.local.Command("step", { create: "printf %s $PASSWORD", logging: "none",
      environment: { PASSWORD: pulumi.secret("hidden-4711") } }, { additionalSecretOutputs: ["stdout"] });
    export const ran = command.local.runOutput({ command: "cat", stdin: "through" }).stdout;`);
  const output = await stack.up("--diff");
  assert.equal((await stack.outputs()).ran, "through");
  const { outputs } = await stack.resource("step");
  assert.ok(outputs.stdout instanceof Secret);
  assert.equal(outputs.stdout.value, "hidden-4711");
  assert.ok(!stack.stored().includes("hidden-4711"));
  assert.ok(!output.includes("hidden-4711"));
});

test("a command that fails says how, and leaves nothing in the state", async (t) => {
  const stack = await stackFor(t);
  const mark = join(stack.folder, "ran");
  stack.program(`new command.local.Command("step", { create: 'touch "${mark}"; echo why >&2; exit 3' });`);
  const { code, output } = await stack.tryUp();
  assert.notEqual(code, 0);
  assert.ok(existsSync(mark));
  assert.match(output, /exit status 3/);
  assert.match(output, /why/);
  await assert.rejects(stack.resource("step"), /is not in the state/);
});
