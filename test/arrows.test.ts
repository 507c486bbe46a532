import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

/** Lints one import as if it stood in `file`. */
function isRefused(file: string, specifier: string): boolean {
  const { stdout, stderr } = spawnSync(
    join(root, "node_modules", ".bin", "biome"),
    ["lint", "--only=style/noRestrictedImports", `--stdin-file-path=${file}`],
    { cwd: root, encoding: "utf8", input: `import * as it from "${specifier}";\nconsole.log(it);\n` },
  );
  return `${stdout}${stderr}`.includes("noRestrictedImports");
}

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
  ["cli/start.ts", "../components/network.ts"],
  ["cli/start.ts", "../local/api/vpcs.ts"],
];

const allowed: Array<[file: string, specifier: string]> = [
  ["components/postgres.ts", "./network.ts"],
  ["components/postgres.ts", "@pulumi/digitalocean"],
  ["policies/rules/x.ts", "../resources.ts"],
  ["local/api/vpcs.ts", "../store.ts"],
  ["local/plugins/digitalocean/vpc.ts", "@pulumi/pulumi/proto/provider_pb.js"],
  ["cli/start.ts", "../local/index.ts"],
  ["index.ts", "./components/index.ts"],
  ["test/e2e/start.test.ts", "../../local/index.ts"],
];

for (const [file, specifier] of refused)
  test(`${file} may not import ${specifier}`, () => assert.equal(isRefused(file, specifier), true));

for (const [file, specifier] of allowed)
  test(`${file} may import ${specifier}`, () => assert.equal(isRefused(file, specifier), false));
