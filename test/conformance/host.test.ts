import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stackFor } from "./stack.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

test("a program's output, configuration, arguments for Node and exported outputs", async (t) => {
  const stack = await stackFor(t);
  writeFileSync(
    join(stack.folder, "Pulumi.yaml"),
    'name: conformance\nmain: main.js\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: --title "a title"\n',
  );
  await stack.run(["config", "set", "greeting", "hello"]);
  await stack.run(["config", "set", "key", "hidden-4711", "--secret"]);
  stack.program(`
    const config = new pulumi.Config();
    console.log("printed by the program");
    export const greeting = config.require("greeting");
    export const key = config.requireSecret("key");
    export const title = process.title;
    export const place = [pulumi.getProject(), pulumi.getStack(), pulumi.runtime.isDryRun()].join("/");`);
  const output = await stack.up();
  assert.match(output, /printed by the program/);
  assert.ok(!output.includes("hidden-4711"));
  assert.deepEqual(await stack.outputs(), {
    greeting: "hello",
    key: "hidden-4711",
    title: "a title",
    place: "conformance/test/false",
  });
});

test("a program that throws ends the run with its own words, once", async (t) => {
  const stack = await stackFor(t);
  stack.program('throw new pulumi.RunError("the program says no");');
  const thrown = await stack.tryUp();
  assert.notEqual(thrown.code, 0);
  assert.match(thrown.output, /the program says no/);
  assert.doesNotMatch(thrown.output, /non-zero exit code/, "an error that was shown isn't shown again");
  stack.program("process.exit(7);");
  const left = await stack.tryUp();
  assert.notEqual(left.code, 0);
  assert.match(left.output, /exit code: 7/);
});

test("a policy pack sees configuration, project and stack, and stops what it forbids", async (t) => {
  const stack = await stackFor(t);
  const pack = join(stack.folder, "pack");
  mkdirSync(pack);
  symlinkSync(modules, join(pack, "node_modules"));
  writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
  writeFileSync(join(pack, "package.json"), JSON.stringify({ name: "pack", version: "0.0.1" }));
  writeFileSync(
    join(pack, "index.js"),
    `const { PolicyPack } = require("@pulumi/policy");
     const pulumi = require("@pulumi/pulumi");
     new PolicyPack("pack", { policies: [{
       name: "no-short-ids", description: "d", enforcementLevel: "mandatory",
       validateResource: ({ type, props }, report) => {
         const least = new pulumi.Config("conformance").requireNumber("least");
         if (type.includes("randomId") && props.byteLength < least)
           report(\`shorter than \${least} in \${pulumi.getProject()}/\${pulumi.getStack()}\`);
       } }] });`,
  );
  await stack.run(["config", "set", "least", "4"]);
  stack.program('new random.RandomId("id", { byteLength: 2 });');
  const { code, output } = await stack.attempt(["preview", "--policy-pack", pack]);
  assert.notEqual(code, 0);
  assert.match(output, /shorter than 4 in conformance\/test/);
  stack.program('new random.RandomId("id", { byteLength: 4 });');
  await stack.up("--policy-pack", pack);
});

test("destroy runs the program when asked, and about knows the program", async (t) => {
  const stack = await stackFor(t);
  stack.program('new random.RandomId("id", { byteLength: 2 }); console.log("ran");');
  await stack.up();
  assert.match(await stack.destroy("--run-program"), /ran/);
  const about: { runtime: { language: string }; plugins: { name: string; version: string }[] } = JSON.parse(
    (await stack.run(["about", "--json"])).replace(/^[^{]*/, ""),
  );
  assert.equal(about.runtime.language, "nodejs");
  assert.ok(about.plugins.some(({ name, version }) => name === "random" && version === "4.21.2"));
});
