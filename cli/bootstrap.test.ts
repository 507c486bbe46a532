import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

/** A checkout with nothing but the bootstrap, and an npm that notes how it is called. */
let root: string;
const modules = () => join(root, "node_modules");

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "breakwater boot-"));
  mkdirSync(join(root, "cli"));
  mkdirSync(join(root, "bin"));
  copyFileSync(join(import.meta.dirname, "bootstrap.mjs"), join(root, "cli", "bootstrap.mjs"));
  const main = 'console.log(["ran", ...process.argv.slice(2)].join(" ")); process.exitCode = 3;';
  writeFileSync(join(root, "cli", "main.ts"), main);
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  writeFileSync(join(root, "package-lock.json"), "{}");
  writeFileSync(join(root, ".npmrc"), "");
  npm("mkdir -p node_modules");
});
afterEach(() => rmSync(root, { recursive: true }));

function npm(script: string): void {
  const file = join(root, "bin", "npm");
  writeFileSync(file, `#!/bin/sh\necho "$@" >> '${join(root, "calls")}'\n${script}\n`);
  chmodSync(file, 0o755);
}

function run(...args: string[]) {
  const env = { ...process.env, PATH: `${join(root, "bin")}:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "cli", "bootstrap.mjs"), ...args],
    {
      cwd: root,
      env,
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr };
}

const calls = () =>
  existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").trim().split("\n") : [];

test("installs once, hands over the arguments, and gives the command's exit code", () => {
  const first = run("start", "--now");
  assert.deepEqual([first.status, first.stdout], [3, "ran start --now\n"], first.stderr);
  assert.equal(run("stop").stdout, "ran stop\n");
  assert.equal(calls().length, 1);
});

test("installs anew when the lock file has changed, keeping what is installed", () => {
  run("start");
  writeFileSync(join(modules(), "kept"), "");
  writeFileSync(join(root, "package-lock.json"), '{"changed":true}');
  run("start");
  assert.equal(calls().length, 2);
  assert.ok(existsSync(join(modules(), "kept")));
});

test("clears away what an interrupted first run has left, its lock too", () => {
  mkdirSync(modules());
  writeFileSync(join(modules(), "half a package"), "");
  writeFileSync(join(root, ".installing"), "999999999");
  assert.equal(run("start").status, 3);
  assert.ok(!existsSync(join(modules(), "half a package")));
  assert.ok(!existsSync(join(root, ".installing")));
});

test("a failed install is one line with npm's reason, and the next run tries again", () => {
  npm("echo 'npm error code ENOSPC' >&2; echo 'npm error no space left on device, write' >&2; exit 1");
  const failed = run("start");
  assert.equal(failed.status, 1);
  assert.match(
    failed.stderr,
    /^breakwater: the packages could not be installed: no space left on device.*$/m,
  );
  assert.doesNotMatch(failed.stderr, /\n\s+at /);
  npm("mkdir -p node_modules");
  assert.equal(run("start").status, 3);
});
