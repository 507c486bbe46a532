import assert from "node:assert/strict";
import { test } from "node:test";
import { findWorkspace, type Workspace } from "./workspaces.ts";

const workspace = (name: string): Workspace => ({ folder: ".", command: name, env: {}, programs: [] });
const workspaces = new Map(
  ["api:local", "worker", "library/psql", "team/site"].map((it) => [it, workspace(it)]),
);
const found = (source: string) => findWorkspace(workspaces, source)?.command;

test("an image is known by its repository, and by its tag where the table names one", () => {
  assert.equal(found("api:local"), "api:local");
  assert.equal(found("registry/api:local"), "api:local");
  assert.equal(found("api:v1.0.0"), undefined);
  assert.equal(found("api"), undefined);
  assert.equal(found("worker:v1.0.0"), "worker");
  assert.equal(found("worker"), "worker");
  assert.equal(found("library/psql:17"), "library/psql");
});

test("a repository is known by its address, or by the end of it", () => {
  assert.equal(found("team/site"), "team/site");
  assert.equal(found("https://code.test/team/worker.git"), "worker");
  assert.equal(found("git@code.test:team/worker.git"), "worker");
  assert.equal(found("https://code.test/team/other.git"), undefined);
});
