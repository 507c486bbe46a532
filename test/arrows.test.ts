import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

const root = join(import.meta.dirname, "..");

const refused: Array<[file: string, specifier: string]> = [
  ["components/postgres.ts", "../settings.ts"],
  ["components/postgres.ts", "../local/index.ts"],
  ["components/postgres.ts", "../policies/resources.ts"],
  ["policies/rules/x.ts", "../../components/index.ts"],
  ["policies/rules/x.ts", "@breakwater/components"],
  ["policies/rules/x.ts", "@pulumi/digitalocean"],
  ["gateway/server.ts", "@pulumi/pulumi"],
  ["gateway/server.ts", "../components/index.ts"],
  ["local/api/vpcs.ts", "../../components/network.ts"],
  ["local/api/vpcs.ts", "@pulumi/pulumi"],
  ["local/api/vpcs.ts", "../plugins/index.ts"],
  ["local/plugins/digitalocean/vpc.ts", "../../../settings.ts"],
  ["components/postgres.ts", "../program/databases.ts"],
  ["components/postgres.ts", "../settings/kinds.ts"],
  ["settings/postgres.ts", "../program/databases.ts"],
  ["settings/postgres.ts", "../local/index.ts"],
  ["program/databases.ts", "../cli/stack.ts"],
  ["index.ts", "./local/index.ts"],
  ["cli/start.ts", "../program/databases.ts"],
  ["cli/start.ts", "../components/network.ts"],
  ["cli/start.ts", "../local/api/vpcs.ts"],
  ["cli/start.ts", "../policies/pack.ts"],
];

const allowed: Array<[file: string, specifier: string]> = [
  ["components/postgres.ts", "./network.ts"],
  ["components/postgres.ts", "@pulumi/digitalocean"],
  ["policies/rules/x.ts", "../resources.ts"],
  ["local/api/vpcs.ts", "../store.ts"],
  ["local/plugins/digitalocean/vpc.ts", "@pulumi/pulumi/proto/provider_pb.js"],
  ["cli/start.ts", "../local/index.ts"],
  ["cli/policy.ts", "../policies/report.ts"],
  ["index.ts", "./components/index.ts"],
  ["program/databases.ts", "../components/index.ts"],
  ["settings/postgres.ts", "../components/catalog.ts"],
  ["test/e2e/start.test.ts", "../../local/index.ts"],
];

/** The imports that the linter refused, as `file specifier`: a tree that has nothing but these imports, under the project's rules. */
const found = new Set<string>();
const house = mkdtempSync(join(tmpdir(), "breakwater-arrows-"));
const place = ([file]: [string, string], index: number) => join(dirname(file), `case-${index}.ts`);

before(() => {
  const cases = [...refused, ...allowed];
  copyFileSync(join(root, "biome.json"), join(house, "biome.json"));
  for (const [index, arrow] of cases.entries()) {
    const file = join(house, place(arrow, index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import * as it from "${arrow[1]}";\nconsole.log(it);\n`);
  }
  const args = ["lint", "--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none", "."];
  const biome = spawnSync(join(root, "node_modules", ".bin", "biome"), args, {
    cwd: house,
    encoding: "utf8",
  });
  for (const { category, location } of JSON.parse(biome.stdout).diagnostics) {
    if (category === "lint/style/noRestrictedImports") found.add(location.path);
  }
  assert.notEqual(found.size, 0, `the linter found nothing at all: ${biome.stderr}`);
});

after(() => rmSync(house, { recursive: true }));

for (const [index, [file, specifier]] of refused.entries())
  test(`${file} may not import ${specifier}`, () => {
    assert.equal(found.has(place([file, specifier], index)), true);
  });

for (const [index, [file, specifier]] of allowed.entries())
  test(`${file} may import ${specifier}`, () => {
    assert.equal(found.has(place([file, specifier], refused.length + index)), false);
  });
