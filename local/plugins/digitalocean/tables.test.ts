import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { Resource } from "../provider/resource.ts";
import type { Api } from "./api.ts";

const sdk = createRequire(import.meta.url)
  .resolve("@pulumi/digitalocean/package.json")
  .replace("package.json", "");
const folder = new URL("./resources/", import.meta.url);
const pascal = (file: string): string =>
  file.replace(".ts", "").replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
const keysOf = (text: string, name: string): string[] => {
  const body = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? "";
  return [...body.replace(/\/\*\*[\s\S]*?\*\//g, "").matchAll(/^\s+(\w+)\??:/gm)]
    .map(([, key]) => String(key))
    .sort();
};

for (const file of readdirSync(folder)) {
  test(`${file} has the properties that the SDK has`, async () => {
    const { default: table }: { default: Resource<Api> } = await import(new URL(file, folder).href);
    const name = pascal(file);
    const types = readFileSync(`${sdk}${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`, "utf8");
    const { properties } = table;
    const inputs = Object.keys(properties).filter((one) => !properties[one]?.output);
    assert.deepEqual(Object.keys(properties).sort(), keysOf(types, `${name}State`));
    assert.deepEqual(inputs.sort(), keysOf(types, `${name}Args`));
  });
}
