import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.js", import.meta.url));

/** Starts the program as if this were another version of Node. */
function startWith(version: string) {
  const versions = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  return spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(versions)}`, main],
    {
      encoding: "utf8",
      env: { PATH: process.env.PATH },
    },
  );
}

test("a Node that can't run TypeScript says so in one line", () => {
  for (const version of ["18.20.0", "20.20.2", "22.17.9"]) {
    const { status, stderr } = startWith(version);
    assert.equal(status, 1);
    assert.equal(stderr, `Node ${version} can't run TypeScript: install Node 24 (or 22.18 and later)\n`);
  }
});

test("a Node that can goes on to the program", () => {
  // Outside Pulumi it gets as far as the settings, which aren't there.
  assert.match(startWith("22.18.0").stderr, /breakwater:environment is required/);
});
